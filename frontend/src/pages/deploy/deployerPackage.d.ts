/**
 * The built package, as this page uses it. It is built after the page's types are checked, so its own
 * declarations are not there yet; `tsconfig.package.json` compares the two once they are.
 */
declare module "@tellr/deployer" {
  import type { DeployerLike } from "../../deploy/contract";

  /** Fetches the module, and compiles it as it arrives. */
  export default function init(): Promise<unknown>;

  export const Deployer: new (host: { kind: "fetch"; baseUrl?: string }) => DeployerLike;
}
