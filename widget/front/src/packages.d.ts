/** The part of the built package that the widget uses; it is built after the types are checked. */
declare module "@tellr/deployer" {
  import type { Host, PageDeployer } from "./deployer";

  /** Compiles the module. */
  export default function init(from: { module_or_path: ArrayBuffer }): Promise<unknown>;

  export const Deployer: new (host: Host) => PageDeployer;
}

/** The version of the package that this page was built into. */
declare const PACKAGE_VERSION: string;
