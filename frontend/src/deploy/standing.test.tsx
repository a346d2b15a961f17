import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { SIGNED_OUT } from "../../mock/deployer/errors.ts";
import { MockDeployer } from "../../mock/deployer/index.ts";
import { button, field, openDeploy, put } from "../testing/deploy";
import type { Remembered, Status } from "./contract";
import { EMPTY } from "./form/values";

const UNFINISHED: Status = {
  app_name: "tellr",
  app_file_workspace_path: "/Workspace/Users/ada@example.com/.apps/tellr",
  can_resume: true,
  last_run: {
    id: "r1",
    operation: "create",
    by: "ada@example.com",
    started_at: "2026-11-25T13:15:26Z",
    status: "running",
    arguments: { app_name: "tellr", lakebase_compute: "CU_2" },
  },
};

function open(status: Status, remembered: Remembered | null = null) {
  const deployer = new MockDeployer({ pace: 0 });
  const asked = vi.spyOn(deployer, "status").mockResolvedValue(status);
  const store = { load: () => remembered, save: () => undefined };
  return { ...openDeploy({ deployer, store }), deployer, asked };
}

describe("how the app stands", () => {
  it("is asked at once, and again for another name, but not for one that can't be", async () => {
    const { user, asked } = open({ app_name: "tellr", can_resume: false });
    await waitFor(() => expect(asked).toHaveBeenCalledTimes(1));
    await put(user, "App name", "Not A Name");
    await user.tab();
    await waitFor(() => expect(field("App name")).toBeInvalid());
    await put(user, "App name", "slides");
    await waitFor(() =>
      expect(asked.mock.lastCall?.[0]).toEqual({
        app_name: "slides",
        app_file_workspace_path: null,
      }),
    );
    expect(asked.mock.calls.map(([args]) => args.app_name)).not.toContain("Not A Name");
  });

  it("with unfinished work goes on with what was wanted then", async () => {
    const { user, deployer } = open(UNFINISHED);
    expect(await screen.findByText(/An unfinished deployment of/)).toBeVisible();
    expect(screen.getByText(/ada@example.com started it/)).toBeVisible();
    await user.click(button("Resume"));
    expect(await screen.findByRole("link", { name: "Open Tellr" })).toBeVisible();
    expect(deployer.asked).toEqual([
      { operation: "create", given: { app_name: "tellr", lakebase_compute: "CU_2" } },
    ]);
  });

  it("after a reload knows its own run, also while that one's lock still lives", async () => {
    const lock = {
      id: "r1",
      holder: "ada@example.com",
      operation: "create",
      since: "2026-11-25T13:15:26Z",
      expires_at: "2026-11-25T13:16:11Z",
    };
    const remembered: Remembered = {
      operation: "create",
      values: { ...EMPTY, app_name: "tellr" },
      run: { id: "r1", operation: "create", appName: "tellr" },
    };
    const { user, deployer } = open({ ...UNFINISHED, can_resume: false, lock }, remembered);
    expect(await screen.findByText("Your deployment was interrupted")).toBeVisible();
    expect(screen.getByText(/about 75 s/)).toBeVisible();
    await user.click(button("Resume"));
    await screen.findByRole("link", { name: "Open Tellr" });
    expect(deployer.asked).toHaveLength(1);
  });

  it("looks at a plan first where going on destroys something", async () => {
    const { user, deployer } = open({
      ...UNFINISHED,
      app_name: "tellr-there",
      last_run: {
        ...(UNFINISHED.last_run as NonNullable<Status["last_run"]>),
        operation: "delete",
        arguments: { app_name: "tellr-there", reset_database: true },
      },
    });
    await user.click(await screen.findByRole("button", { name: "Resume" }));
    expect(await screen.findByRole("textbox", { name: /To confirm/ })).toBeVisible();
    expect(deployer.asked).toEqual([]);
  });

  it("asks for a wheel again that only its owner has", async () => {
    const wheel = "tellr_app-0.1.0-py3-none-any.whl";
    const last_run = UNFINISHED.last_run as NonNullable<Status["last_run"]>;
    const { user, deployer } = open({ ...UNFINISHED, last_run: { ...last_run, wheel } });
    await user.click(await screen.findByRole("button", { name: "Resume" }));
    const picker = screen.getByLabelText("Local wheel");
    await waitFor(() => expect(picker).toHaveFocus());
    await user.upload(picker, new File(["PK"], wheel));
    expect(await screen.findByRole("button", { name: "Remove" })).toBeVisible();
    await user.click(await screen.findByRole("button", { name: "Resume" }));
    await screen.findByRole("link", { name: "Open Tellr" });
    expect(deployer.asked.map(({ given }) => given.local_wheel?.file_name)).toEqual([wheel]);
  });

  it("names the run in progress, and checks again by itself", async () => {
    const { user, asked } = openLocked();
    expect(await screen.findByText(/A run on/)).toBeVisible();
    expect(screen.getByText(/ben@example.com started an update/)).toBeVisible();
    expect(screen.queryByRole("button", { name: "Resume" })).toBeNull();
    asked.mockResolvedValue({ app_name: "tellr-locked", can_resume: false });
    await user.click(button("Check again"));
    expect(await screen.findByText(/is free/)).toBeVisible();
  });

  it("fills in what an update needs, and leaves what somebody typed", async () => {
    const { user } = openDeploy({ defaults: { app_name: "tellr-there", schema_name: "mine" } });
    await user.click(await screen.findByRole("button", { name: "Update it instead" }));
    await waitFor(() => expect(field("Lakebase database")).toHaveValue("tellr-db"));
    expect(field("Schema")).toHaveValue("mine");
  });

  it("says which model the app asks", async () => {
    const app = { compute: "ACTIVE", state: "RUNNING" };
    const services = { serving_endpoint: "my-model", genie_spaces: ["01ef"] };
    open({ app_name: "tellr", can_resume: false, app, services });
    expect(await screen.findByText("model my-model")).toBeVisible();
  });

  it("says how many instances run, and who may use the app", async () => {
    const app = { compute: "ACTIVE", state: "RUNNING", instances: "1-3" };
    const names = ["users", "ben@example.com", "carla@example.com", "sales", "support"];
    const shared_with = names.map((name) => ({ name, kind: "group", level: "CAN_USE" }));
    open({ app_name: "tellr", can_resume: false, app, shared_with });
    expect(await screen.findByText("instances 1-3")).toBeVisible();
    const shared = "shared with users, ben@example.com, carla@example.com and 2 more";
    expect(screen.getByText(shared)).toBeVisible();
  });

  it("that can't be seen says why, and leaves the form usable", async () => {
    const deployer = new MockDeployer({ pace: 0 });
    vi.spyOn(deployer, "status").mockRejectedValue(Object.assign(new Error(), SIGNED_OUT));
    openDeploy({ deployer });
    expect(await screen.findByText(/no usable credential/)).toBeVisible();
    expect(screen.getByText(/Open it again from there/)).toBeVisible();
    expect(field("App name")).toBeEnabled();
  });

  it("is looked at again once somebody has signed in", async () => {
    const deployer = new MockDeployer({ pace: 0 });
    const asked = vi.spyOn(deployer, "status");
    const where = { workspace: "https://my.cloud.databricks.com" };
    const { rerender } = openDeploy({ deployer, where });
    await waitFor(() => expect(asked).toHaveBeenCalledTimes(1));
    const { DeployApp } = await import("./index");
    rerender(<DeployApp deployer={deployer} where={{ ...where, user: "ada@example.com" }} />);
    await waitFor(() => expect(asked).toHaveBeenCalledTimes(2));
    expect(within(document.body).getByText("ada@example.com")).toBeVisible();
  });
});

function openLocked() {
  const deployer = new MockDeployer({ pace: 0 });
  const asked = vi.spyOn(deployer, "status");
  return { ...openDeploy({ deployer, defaults: { app_name: "tellr-locked" } }), asked };
}
