/** Enough of the deployer's checking and of YAML to work on the form without WebAssembly. */
import type { Arguments, CreateArguments, DeployError, Operation } from "../../src/deploy/contract";
import { refused } from "./errors.ts";

interface Rule {
  key: keyof Arguments;
  pattern: RegExp;
  takes: string;
}

const RULES: readonly Rule[] = [
  {
    key: "app_name",
    pattern: /^[a-z][a-z0-9-]{0,28}[a-z0-9]$/,
    takes:
      "2 to 30 lower-case letters, digits and hyphens, beginning with a letter and not ending with a hyphen, such as `tellr`",
  },
  {
    key: "lakebase_name",
    pattern: /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/i,
    takes: "1 to 63 letters, digits and hyphens, beginning with a letter, such as `tellr-db`",
  },
  {
    key: "schema_name",
    pattern: /^[a-z_][a-z0-9_]{0,62}$/,
    takes: "1 to 63 lower-case letters, digits and underscores, such as `app_data`",
  },
  {
    key: "app_file_workspace_path",
    pattern: /^\/Workspace\/.+/,
    takes: "a folder below `/Workspace`",
  },
  {
    key: "app_compute",
    pattern: /^(MEDIUM|LARGE|XLARGE)$/i,
    takes: "`MEDIUM`, `LARGE` or `XLARGE`",
  },
  {
    key: "app_version",
    pattern: /^(latest|\d+(\.\d+)*\w*)$/,
    takes: "one exact version, or `latest`",
  },
];
const FERNET = /^[\w-]{43}=$/;

export function validate(config: Arguments, operation: Operation): DeployError | undefined {
  for (const { key, pattern, takes } of RULES) {
    const given = config[key];
    if (typeof given === "string" && !pattern.test(given)) {
      return refused(key, `\`${key}\` can't be \`${given}\``, `\`${key}\` takes ${takes}`);
    }
  }
  if (config.encryption_key && !FERNET.test(config.encryption_key)) {
    return refused(
      "encryption_key",
      "`encryption_key` is not valid (its value is not shown)",
      "`encryption_key` takes a Fernet key: 32 bytes in URL-safe base64",
    );
  }
  if (config.local_wheel && config.app_version) {
    return refused(
      "app_version",
      `\`app_version\` can't be \`${config.app_version}\``,
      "`app_version` takes nothing beside `local_wheel_path`, as the wheel is a version already",
    );
  }
  const needed: Record<Operation, readonly (keyof Arguments)[]> = {
    create: [],
    update: ["app_name", "lakebase_name", "schema_name"],
    delete: ["app_name"],
  };
  const missing = needed[operation].find((key) => !config[key]);
  if (missing === undefined) return undefined;
  return refused(
    missing,
    `\`${missing}\` is missing`,
    `\`${operation}\` has no default for it`,
    "MISSING_VALUE",
  );
}

const DEFAULTS: CreateArguments = {
  app_name: "tellr",
  lakebase_name: "tellr-db",
  schema_name: "app_data",
  lakebase_compute: "CU_1",
  app_compute: "MEDIUM",
  description: "Tellr AI Slide Generator",
  app_package: "tellr-app",
  app_version: "0.1.0",
  use_test_pypi: false,
  encryption_key_storage: "secret_scope",
  seed_databricks_defaults: false,
};

export function toYaml(given: CreateArguments): string {
  const { encryption_key: _key, local_wheel: _wheel, environment: _environment, ...rest } = given;
  const wrong = validate(rest, "create");
  if (wrong) throw wrong;
  return Object.entries({ ...DEFAULTS, ...rest })
    .map(([key, value]) =>
      Array.isArray(value)
        ? `${key}:\n${value.map((item) => `- ${item}\n`).join("")}`
        : `${key}: ${value}\n`,
    )
    .join("");
}

/** Names of the other shape of file, by where they stand in it. */
const NESTED: Record<string, string> = {
  workspace_path: "app_file_workspace_path",
  compute_size: "app_compute",
  database_name: "lakebase_name",
  schema: "schema_name",
  capacity: "lakebase_compute",
};

export function environments(file: string): string[] {
  syntax(file);
  if (!/^environments:/m.test(file)) return [];
  return [...file.matchAll(/^ {2}([\w-]+):/gm)].map(([, name = ""]) => name).sort();
}

export function parseYaml(file: string, environment?: string): CreateArguments {
  syntax(file);
  const part = environment
    ? (new RegExp(`^ {2}${environment}:\\n((?: {4}.*\\n?)*)`, "m").exec(file)?.[1] ?? "")
    : file;
  const given: Record<string, string | boolean> = {};
  for (const [, key = "", text = ""] of part.matchAll(/^\s*([\w]+): *(\S.*)$/gm)) {
    given[NESTED[key] ?? key] = text === "true" || text === "false" ? text === "true" : text;
  }
  const whole: CreateArguments = { ...DEFAULTS, ...given };
  const wrong = validate(whole, "create");
  if (wrong) throw wrong;
  return whole;
}

function syntax(file: string) {
  const line = file.split("\n").findIndex((text) => /\t|\[[^\]]*$/.test(text)) + 1;
  if (line === 0) return;
  const column = (file.split("\n")[line - 1] ?? "").search(/\t|\[/) + 1;
  const error: DeployError = {
    code: "YAML_SYNTAX",
    class: "input",
    message: `The configuration can't be read at line ${line}, column ${column}`,
    cause: "The YAML parser says: did not find expected ',' or ']'",
    remedy: "Correct that line; nothing has been sent yet",
    docs: "README.md#configuration",
    refused: { line, column },
  };
  throw error;
}
