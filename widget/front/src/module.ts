/** The deployer's module in this page: compiled once, for all widgets. */
import init, { Deployer } from "@tellr/deployer";
import type { Host, PageDeployer } from "./deployer";

/** Why there is none: the error message of the browser. */
export interface Blocked {
  reason: string;
}

let loading: Promise<Blocked | null> | null = null;

/** Creates deployers, each with a host of its own, if this page may run WebAssembly. */
export async function deployers(
  bytes: () => Promise<ArrayBuffer>,
): Promise<((host: Host) => PageDeployer) | Blocked> {
  loading ??= bytes()
    .then((module) => init({ module_or_path: module }))
    .then(
      () => null,
      (thrown: unknown) => ({ reason: String(thrown) }),
    );
  return (await loading) ?? ((host) => new Deployer(host));
}
