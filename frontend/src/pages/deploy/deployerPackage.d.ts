/**
 * The part of the built package that this page uses. The package is built after the page's types are
 * checked, so its own declarations don't exist yet; `tsconfig.package.json` compares the two once they do.
 */
declare module "@tellr/deployer" {
  import type { DeployerLike } from "../../deploy/contract";

  /** Fetches the module, and compiles it while it is loading. */
  export default function init(): Promise<unknown>;

  export const Deployer: new (host: { kind: "fetch"; baseUrl?: string }) => DeployerLike;
}
