import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { MockDeployer } from "../../mock/deployer/index.ts";
import { button, field, openDeploy } from "../testing/deploy";

describe("an update after which the app isn't healthy", () => {
  it("says that the previous release runs, and shows the app's log", async () => {
    const { user, deployer } = openDeploy({ defaults: { app_name: "tellr-unhealthy" } });
    await user.click(await screen.findByRole("button", { name: "Update it instead" }));
    await waitFor(() => expect(field("Schema")).toHaveValue("app_data"));
    await user.click(button("Review"));
    await user.click(await screen.findByRole("button", { name: "Update" }));
    const failure = within(await screen.findByRole("region", { name: /release 5 runs again/ }));
    expect(failure.getByText("RELEASE_FAILED")).toBeVisible();
    expect(failure.getByText("DATABASE_LOGIN_REFUSED")).toBeVisible();
    const log = failure.getByRole("region", { name: "Last lines of the log" });
    expect(log).toHaveTextContent("password authentication failed");
    expect(failure.getByRole("button", { name: "Copy Last lines of the log" })).toBeVisible();
    expect(screen.queryByRole("button", { name: "Resume" })).toBeNull();
    await user.click(button("Deploy it again"));
    await waitFor(() => expect(deployer.asked).toHaveLength(2));
  });

  it("is seen in the form: what the platform says of an app that doesn't run", async () => {
    const deployer = new MockDeployer({ pace: 0 });
    vi.spyOn(deployer, "status").mockResolvedValue({
      app_name: "tellr",
      can_resume: false,
      app: { compute: "ACTIVE", state: "CRASHED", message: "Error: app exited with code 1" },
      unread: ["You lack the permission to read who may use the app"],
    });
    openDeploy({ deployer });
    expect(
      await screen.findByRole("region", { name: "Message of the platform" }),
    ).toHaveTextContent("app exited with code 1");
    expect(screen.getByText(/You lack the permission/)).toBeVisible();
  });
});
