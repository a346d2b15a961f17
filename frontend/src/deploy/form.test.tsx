import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { button, field, openDeploy, put, review } from "../testing/deploy";

const KEY = "bWFya2VkLXNlY3JldC1tYXJrZWQtc2VjcmV0LW1hcms=";
const file = (name: string, text: string) => new File([text], name);

function drop(...files: File[]) {
  const target = screen.getByRole("heading", { name: "Deploy Tellr" });
  const dataTransfer = { files, types: ["Files"] };
  fireEvent.dragEnter(target, { dataTransfer });
  expect(screen.getByText("Drop it to fill the form")).toBeInTheDocument();
  fireEvent.drop(target, { dataTransfer });
  expect(screen.queryByText("Drop it to fill the form")).not.toBeInTheDocument();
}

describe("the form", () => {
  it("shows a mistake at its field, in the deployer's words, until it is put right", async () => {
    const { user } = openDeploy();
    await put(user, "App name", "Tellr App");
    await user.tab();
    await waitFor(() => expect(field("App name")).toBeInvalid());
    expect(field("App name")).toHaveAccessibleDescription(/takes 2 to 30 lower-case letters/);
    await put(user, "App name", "tellr-app");
    await waitFor(() => expect(field("App name")).toBeValid());
    expect(field("App name")).toHaveAccessibleDescription("The name of the app in the workspace.");
  });

  it("tells a mistake also while somebody stays in the field, after a pause", async () => {
    const { user } = openDeploy();
    await put(user, "Schema", "my schema");
    expect(field("Schema")).toBeValid();
    await waitFor(() => expect(field("Schema")).toBeInvalid());
    expect(field("Schema")).toHaveFocus();
  });

  it("goes to the first mistake instead of on, also where it is folded away", async () => {
    const { user, deployer } = openDeploy();
    await user.click(screen.getByText("More settings"));
    await put(user, "Workspace folder", "/tmp");
    await user.click(screen.getByText("More settings"));
    await waitFor(() => expect(screen.getByText("1 changed")).toBeVisible());
    await user.click(button("Review"));
    expect(await screen.findByText(/One setting needs a look/)).toBeVisible();
    await waitFor(() => expect(field("Workspace folder")).toHaveFocus());
    expect(field("Workspace folder")).toBeInvalid();
    expect(screen.queryByText("Nothing has been changed. The workspace was only read.")).toBeNull();
    expect(deployer.asked).toEqual([]);
  });

  it("asks an update for all that has no default", async () => {
    const { user } = openDeploy();
    await user.click(screen.getByRole("radio", { name: /^Update/ }));
    await review(user, "no-such-app");
    expect(await screen.findByText(/2 settings need a look/)).toBeVisible();
    expect(field("Lakebase database")).toBeInvalid();
    expect(field("Schema")).toBeInvalid();
    expect(field("Lakebase database")).toBeRequired();
  });

  it("keeps the key out of everything that is kept or told", async () => {
    const { user, saved, snapshots } = openDeploy();
    await user.click(screen.getByText("More settings"));
    const key = screen.getByLabelText("Encryption key");
    expect(key).toHaveAttribute("type", "password");
    await user.type(key, KEY);
    await review(user, "slides");
    await user.click(await screen.findByRole("button", { name: "Deploy" }));
    await screen.findByRole("link", { name: "Open Tellr" });
    expect(document.body.innerHTML).not.toContain(KEY);
    expect(JSON.stringify([saved, snapshots])).not.toContain(KEY);
    expect(saved.at(-1)?.values.app_name).toBe("slides");
  });

  it("hands the key and everything else to the deployer", async () => {
    const { user, deployer } = openDeploy();
    await put(user, "Serving endpoint", "my-model");
    await put(user, "Genie spaces", "01ef 01f0");
    await user.click(screen.getByText("More settings"));
    await user.type(screen.getByLabelText("Encryption key"), KEY);
    await put(user, "Additional API scopes", "files, vectorsearch");
    await user.click(screen.getByRole("radio", { name: /Large 4 vCPU/ }));
    await user.click(screen.getByRole("switch", { name: "Add content about Databricks" }));
    await review(user, "slides");
    await user.click(await screen.findByRole("button", { name: "Deploy" }));
    await screen.findByRole("link", { name: "Open Tellr" });
    expect(deployer.asked).toEqual([
      {
        operation: "create",
        given: {
          app_name: "slides",
          app_compute: "LARGE",
          serving_endpoint: "my-model",
          genie_spaces: ["01ef", "01f0"],
          extra_scopes: ["files", "vectorsearch"],
          seed_databricks_defaults: true,
          encryption_key: KEY,
        },
      },
    ]);
  });
});

describe("a configuration file", () => {
  it("is what the form says, at every moment", async () => {
    const { user } = openDeploy();
    const yaml = within(await screen.findByRole("region", { name: "tellr.yaml" }));
    expect(await yaml.findByText(/lakebase_name:/)).toBeVisible();
    await put(user, "App name", "slides");
    expect(await yaml.findByText(/slides/)).toBeVisible();
  });

  it("fills the form when it is dropped anywhere on the page", async () => {
    openDeploy();
    drop(file("mine.yaml", "app_name: slides\nlakebase_compute: CU_4\n"));
    expect(await screen.findByText(/The form was filled in from/)).toHaveTextContent("mine.yaml");
    expect(field("App name")).toHaveValue("slides");
    expect(screen.getByRole("radio", { name: /^4 CU/ })).toBeChecked();
  });

  it("is refused with line and column, and the line is shown", async () => {
    const { user } = openDeploy();
    await put(user, "App name", "kept");
    await user.click(button("Paste text"));
    await user.click(screen.getByLabelText("Configuration as YAML"));
    await user.paste("app_name: slides\nextra_scopes: [files\n");
    await user.click(button("Fill in the form"));
    expect(await screen.findByRole("alert")).toHaveTextContent("line 2, column 15");
    const shown = screen.getByRole("region", { name: "the pasted text" });
    expect(shown.querySelector("[data-marked]")).toHaveTextContent("extra_scopes: [files");
    expect(field("App name")).toHaveValue("kept");
  });

  it("with several environments lets one be chosen", async () => {
    const { user } = openDeploy();
    drop(
      file(
        "all.yaml",
        "environments:\n  development:\n    app_name: tellr-dev\n  production:\n    app_name: tellr-prod\n    lakebase:\n      schema: decks\n",
      ),
    );
    const choice = await screen.findByRole("combobox", { name: "Environment" });
    expect(choice).toHaveValue("development");
    expect(field("App name")).toHaveValue("tellr-dev");
    await user.selectOptions(choice, "production");
    await waitFor(() => expect(field("App name")).toHaveValue("tellr-prod"));
    expect(field("Schema")).toHaveValue("decks");
  });

  it("and a wheel are told apart; the wheel is read here and deployed from here", async () => {
    const { user, deployer } = openDeploy();
    drop(file("tellr_app-0.1.0-py3-none-any.whl", "PK"));
    expect(await screen.findByText("tellr_app-0.1.0-py3-none-any.whl")).toBeVisible();
    await review(user);
    await user.click(await screen.findByRole("button", { name: "Deploy" }));
    await screen.findByRole("link", { name: "Open Tellr" });
    expect(deployer.asked[0]?.given.local_wheel).toEqual({
      file_name: "tellr_app-0.1.0-py3-none-any.whl",
      content: btoa("PK"),
    });
  });

  it("that is too large is refused before it is read", async () => {
    const { user } = openDeploy();
    await user.click(screen.getByText("More settings"));
    const large = file("tellr_app-0.1.0-py3-none-any.whl", "");
    Object.defineProperty(large, "size", { value: 2_000_000_000 });
    await user.upload(screen.getByLabelText("Local wheel"), large);
    expect(await screen.findByText(/is 2000.0 MB. Databricks Apps refuses/)).toBeVisible();
  });
});
