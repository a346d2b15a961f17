import type { DeployerLike } from "../../deploy";

/** Codes of the catalogue that mean: nobody is signed in (any more). */
const SIGNED_OUT: ReadonlySet<unknown> = new Set(["NOT_SIGNED_IN", "TOKEN_EXPIRED"]);

/** The same deployer; `tell` hears when the workspace takes the credential no longer. */
export function tellingSignOuts(deployer: DeployerLike, tell: () => void): DeployerLike {
  const watched = async <T>(answer: Promise<T>): Promise<T> => {
    try {
      return await answer;
    } catch (thrown) {
      if (thrown instanceof Error && "code" in thrown && SIGNED_OUT.has(thrown.code)) tell();
      throw thrown;
    }
  };
  return {
    validate: (...given) => deployer.validate(...given),
    environments: (...given) => deployer.environments(...given),
    parseYaml: (...given) => deployer.parseYaml(...given),
    toYaml: (...given) => deployer.toYaml(...given),
    plan: (...given) => watched(deployer.plan(...given)),
    status: (...given) => watched(deployer.status(...given)),
    create: (...given) => watched(deployer.create(...given)),
    update: (...given) => watched(deployer.update(...given)),
    delete: (...given) => watched(deployer.delete(...given)),
  };
}
