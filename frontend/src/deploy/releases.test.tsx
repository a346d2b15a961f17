import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { MockDeployer } from "../../mock/deployer/index.ts";
import { button, field, openDeploy } from "../testing/deploy";
import type { Remembered, Status } from "./contract";
import { EMPTY } from "./form/values";

const THERE = { defaults: { app_name: "tellr-there" } };

type User = ReturnType<typeof openDeploy>["user"];

/** Opens the releases of an app that exists. */
async function openReleases(user: User) {
  await user.click(await screen.findByText("Releases"));
  return within(await screen.findByRole("list", { name: "Releases" }));
}

const entry = (list: { getAllByRole(role: string): HTMLElement[] }, number: number) => {
  const items = list.getAllByRole("listitem");
  const found = items.find((item) => within(item).queryByText(`Release ${number}`));
  if (!found) throw new Error(`release ${number} is not listed`);
  return found;
};

describe("the releases of an app", () => {
  it("are read when the section is opened, and only for an app that exists", async () => {
    const { user, deployer } = openDeploy();
    const asked = vi.spyOn(deployer, "history");
    expect(await screen.findByText(/is free/)).toBeVisible();
    expect(screen.queryByText("Releases")).toBeNull();
    await user.clear(field("App name"));
    await user.type(field("App name"), "tellr-there");
    expect(await screen.findByText("Releases")).toBeVisible();
    expect(asked).not.toHaveBeenCalled();
    await openReleases(user);
    expect(asked).toHaveBeenCalledTimes(1);
  });

  it("say number, version, who, when, how it went, and which one runs", async () => {
    const { user } = openDeploy(THERE);
    const list = await openReleases(user);
    expect(list.getAllByRole("listitem")[0]).toBe(entry(list, 5));
    expect(entry(list, 5)).toHaveAttribute("aria-current", "true");
    expect(entry(list, 5)).toHaveTextContent(/0\.1\.0\s*Running\s*Healthy/);
    expect(entry(list, 5)).toHaveTextContent(/Updated by ada@example.com on .*2026/);
    expect(entry(list, 4)).toHaveTextContent(/Failed.*ben@example.com/);
    expect(entry(list, 4)).toHaveTextContent(/doesn't answer\. Release 3 was put back/);
  });

  it("offer the way back to those that ran and can be deployed again", async () => {
    const { user } = openDeploy(THERE);
    const list = await openReleases(user);
    const offered = list.getAllByRole("button").map((one) => one.getAttribute("aria-label"));
    expect(offered).toEqual(["Roll back to release 3", "Roll back to release 1"]);
    expect(entry(list, 2)).toHaveTextContent(/its wheel was removed/);
  });

  it("offer nothing while a run is in progress", async () => {
    const { user } = openDeploy({ defaults: { app_name: "tellr-locked" } });
    const list = await openReleases(user);
    expect(list.queryByRole("button")).toBeNull();
    expect(screen.queryByRole("button", { name: /^Restore the data/ })).toBeNull();
  });

  it("that can't be read say why, and can be read again", async () => {
    const { user, deployer } = openDeploy(THERE);
    const unreadable = {
      code: "RELEASES_UNREADABLE",
      class: "deployment",
      message: "The app's releases can't be read",
      cause: "It isn't JSON",
      remedy: "Restore an earlier version of the file",
      docs: "",
    };
    vi.spyOn(deployer, "history").mockRejectedValueOnce(Object.assign(new Error(), unreadable));
    await user.click(await screen.findByText("Releases"));
    expect(await screen.findByText("RELEASES_UNREADABLE")).toBeVisible();
    await user.click(button("Check again"));
    expect(await screen.findByRole("list", { name: "Releases" })).toBeVisible();
  });

  it("are shown five at first", async () => {
    const deployer = new MockDeployer({ pace: 0 });
    const history = await deployer.history(
      { app_name: "tellr-there" },
      { signal: new AbortController().signal },
    );
    const [newest] = history.releases;
    if (!newest) throw new Error("there is no release");
    const releases = [9, 8, 7, 6].map((number) => ({ ...newest, number }));
    vi.spyOn(deployer, "history").mockResolvedValue({
      ...history,
      releases: [...releases, ...history.releases],
    });
    const { user } = openDeploy({ ...THERE, deployer });
    const list = await openReleases(user);
    expect(list.getAllByRole("listitem")).toHaveLength(5);
    await user.click(button("Show all 9 releases"));
    expect(list.getAllByRole("listitem")).toHaveLength(9);
  });
});

describe("a rollback", () => {
  it("shows first what it brings back and what it doesn't, and then runs", async () => {
    const { user, deployer, snapshots } = openDeploy(THERE);
    await openReleases(user);
    await user.click(button("Roll back to release 3"));
    const title = await screen.findByRole("heading", { name: "This is what the rollback will do" });
    await waitFor(() => expect(title).toHaveFocus());
    expect(await screen.findByText(/Deploy release 3 again/)).toBeVisible();
    const stays = screen.getByRole("region", { name: "Stays as it is" });
    expect(stays).toHaveTextContent("The data is not brought back");
    expect(deployer.asked).toEqual([]);

    await user.click(button("Roll back"));
    const done = within(await screen.findByRole("region", { name: "Tellr was rolled back" }));
    expect(done.getByText(/It is release 6.*settings of release 3/)).toBeVisible();
    expect(done.getByText(/data is not brought back/)).toBeVisible();
    const given = { app_name: "tellr-there", to_release: "3" };
    expect(deployer.asked).toEqual([{ operation: "rollback", given }]);
    expect(snapshots.at(-1)).toMatchObject({ operation: "rollback", arguments: given });
    expect(screen.getByRole("region", { name: "In a notebook" })).toHaveTextContent(
      'tellr.rollback( app_name="tellr-there", to_release="3", )',
    );
    expect(screen.queryByRole("tab", { name: "YAML" })).toBeNull();

    await user.click(button("Change settings"));
    const list = within(await screen.findByRole("list", { name: "Releases" }));
    expect(entry(list, 6)).toHaveTextContent(/Running.*Rolled back to release 3/);
  });

  it("offers the branches with earlier data beside it", async () => {
    const { user, deployer } = openDeploy(THERE);
    await openReleases(user);
    await user.click(button("Roll back to release 3"));
    const data = within(await screen.findByRole("region", { name: "Earlier data" }));
    expect(data.getByText(/brings back no data/)).toBeVisible();
    await user.click(
      data.getByRole("button", { name: "Restore the data of pre-reset-20261118-091500" }),
    );
    const title = await screen.findByRole("heading", { name: "This is what the restore will do" });
    await waitFor(() => expect(title).toHaveFocus());
    expect(deployer.asked).toEqual([]);
  });

  it("to a release that is older than the tables is refused, with the way out", async () => {
    const { user, deployer } = openDeploy(THERE);
    await openReleases(user);
    await user.click(button("Roll back to release 1"));
    expect(await screen.findByText("RELEASE_TOO_OLD")).toBeVisible();
    expect(screen.getByText(/needs? one that knows migration 5/)).toBeVisible();
    expect(screen.queryByRole("button", { name: "Roll back" })).toBeNull();
    expect(screen.getByRole("region", { name: "Earlier data" })).toBeVisible();
    await user.click(button("Back to the form"));
    expect(await screen.findByRole("list", { name: "Releases" })).toBeVisible();
    expect(deployer.asked).toEqual([]);
  });

  it("that was interrupted is resumed as one, and leaves the form as it is", async () => {
    const deployer = new MockDeployer({ pace: 0 });
    const given = { app_name: "tellr-there", to_release: "3" };
    const status: Status = {
      app_name: "tellr-there",
      can_resume: true,
      app: { compute: "ACTIVE", state: "RUNNING" },
      last_run: {
        id: "r1",
        operation: "rollback",
        by: "ada@example.com",
        started_at: "2026-11-25T13:15:26Z",
        status: "running",
        arguments: given,
      },
    };
    vi.spyOn(deployer, "status").mockResolvedValue(status);
    const remembered: Remembered = {
      operation: "update",
      values: { ...EMPTY, app_name: "tellr-there", description: "Ours" },
      run: { id: "r1", operation: "rollback", appName: "tellr-there" },
    };
    const { user } = openDeploy({
      deployer,
      store: { load: () => remembered, save: () => undefined },
    });
    expect(await screen.findByText("Your rollback was interrupted")).toBeVisible();
    await user.click(button("Resume"));
    expect(await screen.findByText("Tellr was rolled back")).toBeVisible();
    expect(deployer.asked).toEqual([{ operation: "rollback", given }]);
    await user.click(button("Change settings"));
    expect(screen.getByRole("radio", { name: /^Update/ })).toBeChecked();
  });
});

describe("a restore", () => {
  it("is confirmed with the app's name, and says how to undo it", async () => {
    const { user, deployer } = openDeploy(THERE);
    await openReleases(user);
    await user.click(button("Restore the data of pre-reset-20261118-091500"));
    expect(await screen.findByRole("region", { name: "No longer shown" })).toBeVisible();
    expect(button("Restore")).toBeDisabled();
    await user.type(screen.getByRole("textbox", { name: /To confirm/ }), "tellr-there");
    await user.click(button("Restore"));
    const done = await screen.findByRole("region", { name: "Tellr has the restored data" });
    expect(done).toHaveTextContent(/that of the branch pre-reset-20261118-091500/);
    expect(done).toHaveTextContent(/kept in the branch production; restoring that one undoes this/);
    expect(deployer.asked).toEqual([
      {
        operation: "restore",
        given: { app_name: "tellr-there", restore_from: "pre-reset-20261118-091500" },
      },
    ]);
  });
});
