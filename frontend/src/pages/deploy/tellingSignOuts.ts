import type { DeployerLike } from "../../deploy";

/** Error codes for a missing or rejected sign-in. */
const SIGNED_OUT: ReadonlySet<unknown> = new Set(["NOT_SIGNED_IN", "TOKEN_EXPIRED"]);

/** The same deployer; calls `tell` when the workspace no longer accepts the credential. */
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
    history: (...given) => watched(deployer.history(...given)),
    create: (...given) => watched(deployer.create(...given)),
    update: (...given) => watched(deployer.update(...given)),
    delete: (...given) => watched(deployer.delete(...given)),
    rollback: (...given) => watched(deployer.rollback(...given)),
    restore: (...given) => watched(deployer.restore(...given)),
  };
}
