/** The deploy page with an invented workspace, as component tests use it. */
import { configure, render, screen } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { MockDeployer } from "../../mock/deployer/index.ts";
import { DeployApp, type DeployAppProps, type DeploySnapshot, type Remembered } from "../deploy";

// Working out what is hidden takes most of a query's time on a page of this size, and the styles that
// hide things aren't there in tests.
configure({ defaultHidden: true });

export function openDeploy(props: Partial<DeployAppProps> = {}) {
  const deployer = new MockDeployer({ pace: 0 });
  const saved: Remembered[] = [];
  const snapshots: DeploySnapshot[] = [];
  const store = { load: () => null, save: (remembered: Remembered) => saved.push(remembered) };
  const view = render(
    <DeployApp
      deployer={deployer}
      store={store}
      onChange={(snapshot) => snapshots.push(snapshot)}
      {...props}
    />,
  );
  return { user: userEvent.setup({ delay: null }), deployer, saved, snapshots, ...view };
}

export const field = (name: string) => screen.getByRole("textbox", { name });
export const button = (name: string) => screen.getByRole("button", { name });

type User = ReturnType<typeof userEvent.setup>;

/** Puts `text` into a field, in place of what stood there. */
export async function put(user: User, name: string, text: string) {
  await user.clear(field(name));
  await user.click(field(name));
  await user.paste(text);
}

/** Fills in the app's name and goes on to the review. */
export async function review(user: User, app?: string) {
  if (app !== undefined) await put(user, "App name", app);
  await user.click(button("Review"));
}

/** From the form into a run of the app, whose name says how it goes. */
export async function deploy(user: User, app?: string) {
  await review(user, app);
  await user.click(await screen.findByRole("button", { name: "Deploy" }));
}
