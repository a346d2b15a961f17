import { useCallback, useState } from "react";
import type { CreateArguments, DeployError, DeployerLike } from "../contract";
import { asDeployError } from "../failure/asDeployError";

/** A loaded configuration file, and the result. */
export interface ConfigFile {
  name: string;
  text: string;
  /** The environments of the file; empty for a file with one deployment. */
  environments: readonly string[];
  environment: string | null;
  error: DeployError | null;
}

/** The environment that the deployer uses by default. */
const USUAL = "development";
/** Larger files are not configurations; the deployer has the same limit for the text. */
const LARGEST_BYTES = 1024 * 1024;

export interface ConfigFileReader {
  file: ConfigFile | null;
  read(name: string, text: string): void;
  open(file: File): void;
  choose(environment: string): void;
  forget(): void;
}

/** Reads configuration files and passes their values to `onRead`. */
export function useConfigFile(
  deployer: DeployerLike,
  onRead: (given: CreateArguments) => void,
): ConfigFileReader {
  const [file, setFile] = useState<ConfigFile | null>(null);

  const parse = useCallback(
    async (name: string, text: string, wanted: string | null) => {
      let environments: string[] = [];
      let environment: string | null = null;
      try {
        environments = await deployer.environments(text);
        if (environments.length > 0) {
          environment =
            wanted ?? environments.find((one) => one === USUAL) ?? environments[0] ?? null;
        }
        onRead(await deployer.parseYaml(text, environment ?? undefined));
        setFile({ name, text, environments, environment, error: null });
      } catch (thrown) {
        setFile({ name, text, environments, environment, error: asDeployError(thrown) });
      }
    },
    [deployer, onRead],
  );

  const read = useCallback((name: string, text: string) => void parse(name, text, null), [parse]);
  const open = useCallback(
    async (given: File) => {
      const text = await given.slice(0, LARGEST_BYTES).text();
      await parse(given.name, text, null);
    },
    [parse],
  );
  const choose = useCallback(
    (environment: string) => {
      if (file) void parse(file.name, file.text, environment);
    },
    [file, parse],
  );
  const forget = useCallback(() => setFile(null), []);
  return { file, read, open: (given) => void open(given), choose, forget };
}
