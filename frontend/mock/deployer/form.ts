/** Enough of the deployer's checking and of YAML to work on the form without WebAssembly. */
import type {
  Arguments,
  CreateArguments,
  DeployError,
  RunOperation,
} from "../../src/deploy/contract";
import { refused } from "./errors.ts";
import { SETTINGS } from "./settings.ts";

interface Rule {
  key: keyof Arguments;
  pattern: RegExp;
  takes: string;
}

/** What the refusals of some say; of the others they show the form. */
const WORDS: Record<string, string> = {
  app_name:
    "2 to 30 lower-case letters, digits and hyphens, beginning with a letter and not ending with a hyphen, such as `tellr`",
  lakebase_name: "1 to 63 letters, digits and hyphens, beginning with a letter, such as `tellr-db`",
  schema_name: "1 to 63 lower-case letters, digits and underscores, such as `app_data`",
  app_file_workspace_path: "a folder below `/Workspace`",
};

const RULES: readonly Rule[] = [
  ...SETTINGS.flatMap(({ name: key, kind, choices, pattern: form }): Rule[] => {
    if (kind !== "text") return [];
    const takes = WORDS[key] ?? `\`${choices.join("`, `")}\``;
    if (choices.length > 0)
      return [{ key, pattern: new RegExp(`^(${choices.join("|")})$`, "i"), takes }];
    return form ? [{ key, pattern: new RegExp(form), takes }] : [];
  }),
  {
    key: "app_version",
    pattern: /^(latest|\d+(\.\d+)*\w*)$/,
    takes: "one exact version, or `latest`",
  },
];
const FERNET = /^[\w-]{43}=$/;

export function validate(config: Arguments, operation: RunOperation): DeployError | undefined {
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
      "`app_version` takes no version together with `local_wheel_path`: the wheel has its own",
    );
  }
  const needed = SETTINGS.filter(({ neededBy }) =>
    (neededBy as readonly RunOperation[]).includes(operation),
  );
  const missing = needed.find(({ name }) => !config[name])?.name;
  if (missing === undefined) return undefined;
  return refused(
    missing,
    `\`${missing}\` is missing`,
    `\`${operation}\` has no default for it`,
    "MISSING_VALUE",
  );
}

const OWN_VERSION = "0.1.0";

/** The value of each setting that a file may hold, where nothing is given. */
const DEFAULTS: CreateArguments = {
  ...Object.fromEntries(
    SETTINGS.filter(({ file, default: value }) => file && value !== null).map(
      ({ name, kind, default: value }) => [
        name,
        kind === "flag" ? String(value) === "true" : value,
      ],
    ),
  ),
  app_version: OWN_VERSION,
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
const NESTED: Record<string, string> = Object.fromEntries(
  SETTINGS.flatMap(({ name, file }) => (file ? [[file.split(".").at(-1), name]] : [])),
);

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
