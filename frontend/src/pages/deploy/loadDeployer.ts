import deployerModule from "@tellr/deployer/deployer_bg.wasm?url";
import type { DeployerLike } from "../../deploy";

/** The deployer's code and module, and one that asks the server beside this page. */
export async function loadDeployer(): Promise<DeployerLike> {
  // Asked for at once, and compiled as it arrives; the code around it comes at the same time.
  const arriving = fetch(deployerModule);
  arriving.catch(() => undefined);
  const { default: init, Deployer } = await import("@tellr/deployer");
  await init({ module_or_path: arriving });
  return new Deployer({ kind: "fetch", baseUrl: "" });
}
