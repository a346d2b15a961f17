import type { DeployerLike } from "../../deploy";

/** Loads the deployer's code and module, with the server of this page as its host. */
export async function loadDeployer(): Promise<DeployerLike> {
  const { default: init, Deployer } = await import("@tellr/deployer");
  await init();
  return new Deployer({ kind: "fetch", baseUrl: "" });
}
