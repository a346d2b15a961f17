import type { DeployerLike } from "../../deploy";

/** The deployer's code and module, and one that asks the server beside this page. */
export async function loadDeployer(): Promise<DeployerLike> {
  const { default: init, Deployer } = await import("@tellr/deployer");
  await init();
  return new Deployer({ kind: "fetch", baseUrl: "" });
}
