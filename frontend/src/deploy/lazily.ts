import type { DeployerLike } from "./contract";

/**
 * A deployer that is only fetched on first use, so that the form can be shown and filled in before its
 * megabyte of WebAssembly is compiled.
 */
export function lazily(load: () => Promise<DeployerLike>): DeployerLike {
  let loading: Promise<DeployerLike> | null = null;
  const loaded = () => {
    loading ??= load();
    return loading;
  };
  return {
    validate: async (config, operation) => (await loaded()).validate(config, operation),
    environments: async (file) => (await loaded()).environments(file),
    parseYaml: async (file, environment) => (await loaded()).parseYaml(file, environment),
    toYaml: async (config) => (await loaded()).toYaml(config),
    plan: async (operation, config, options) => (await loaded()).plan(operation, config, options),
    status: async (args, options) => (await loaded()).status(args, options),
    history: async (args, options) => (await loaded()).history(args, options),
    create: async (config, options) => (await loaded()).create(config, options),
    update: async (config, options) => (await loaded()).update(config, options),
    delete: async (config, options) => (await loaded()).delete(config, options),
    rollback: async (config, options) => (await loaded()).rollback(config, options),
    restore: async (config, options) => (await loaded()).restore(config, options),
  };
}
