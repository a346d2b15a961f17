/** The first messages between a page and its kernel, and their result. */
import type { DeployerLike, Remembered } from "../../../frontend/src/deploy";
import { type Live, WidgetDeployer } from "./deployer";
import type { Kernel } from "./kernel";
import { deployers } from "./module";

export type Greeting =
  | {
      kind: "ready";
      deployer: DeployerLike;
      about: About;
      remembered: Remembered | null;
      /** The run in progress, which has to be shown. */
      live: Live | null;
      /** Why this page can't run WebAssembly. */
      blocked: string | undefined;
    }
  | { kind: "unfit"; title: string; cause: string; remedy: string };

/** The kernel's information about the workspace. */
export interface About {
  where: { workspace: string; user?: string } | undefined;
  /** Why it can't be reached. */
  problem: string | undefined;
  /** The kernel is still connecting. */
  later: boolean;
}

interface Hello {
  package: string;
  where: { workspace: string | null; user?: string; problem?: string; later?: boolean };
  remembered: Remembered | null;
  live: Live | null;
}

export async function greet(kernel: Kernel, module: () => Promise<ArrayBuffer>): Promise<Greeting> {
  let hello: Hello;
  try {
    hello = (await kernel.call("hello", { package: PACKAGE_VERSION })) as Hello;
  } catch (thrown) {
    return unfit(thrown);
  }
  if (hello.package !== PACKAGE_VERSION) {
    return {
      kind: "unfit",
      title: "The widget and the notebook’s package have different versions",
      cause: `This page shows version ${PACKAGE_VERSION} of the widget, and the kernel has version ${hello.package}.`,
      remedy: "Restart the kernel, and run the cell again.",
    };
  }
  const page = await deployers(module);
  const blocked = "reason" in page ? page.reason : undefined;
  return {
    kind: "ready",
    deployer: new WidgetDeployer(kernel, "reason" in page ? null : page, hello.live),
    about: aboutOf(hello),
    remembered: hello.remembered,
    live: hello.live,
    blocked,
  };
}

/** Polls, for a sign-in that takes long. */
export async function lookAgain(kernel: Kernel): Promise<About> {
  return aboutOf((await kernel.call("hello", { package: PACKAGE_VERSION })) as Hello);
}

function aboutOf({ where: { workspace, user, problem, later = false } }: Hello): About {
  const where = workspace ? { workspace, ...(user ? { user } : {}) } : undefined;
  return { where, problem, later };
}

function unfit(thrown: unknown): Greeting {
  const { message, cause, remedy } = thrown as Partial<Record<string, string>>;
  return {
    kind: "unfit",
    title: message ?? "The kernel does not answer",
    cause: cause ?? String(thrown),
    remedy: remedy ?? "Restart the kernel, and run the cell again.",
  };
}
