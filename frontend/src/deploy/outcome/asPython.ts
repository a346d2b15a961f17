import type { Arguments, RunOperation } from "../contract";

/**
 * The same call in Python. The key is omitted, so that it isn't stored with this text.
 *
 * JSON's strings are valid in Python too; only booleans and null are written differently.
 */
export function asPython(operation: RunOperation, given: Arguments): string {
  const { encryption_key: _key, local_wheel, ...rest } = given;
  const lines = Object.entries(rest)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => `    ${name}=${literal(value)},`);
  if (local_wheel) lines.push(`    local_wheel_path=${literal(local_wheel.file_name)},`);
  const call =
    lines.length === 0 ? `tellr.${operation}()` : `tellr.${operation}(\n${lines.join("\n")}\n)`;
  return `import tellr\n\n${call}\n`;
}

function literal(value: unknown): string {
  if (value === true) return "True";
  if (value === false) return "False";
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  return JSON.stringify(value);
}
