import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { MockDeployer } from "../../mock/deployer/index.ts";
import { button, deploy, openDeploy, put, review } from "../testing/deploy";
import type { DeployEvent, DeployerLike, RunOptions } from "./contract";
import { DeployApp } from "./DeployApp";

/** A deployer whose run is told by the test. */
function told() {
  let tell: (event: DeployEvent) => void = () => undefined;
  let fail: (thrown: unknown) => void = () => undefined;
  let signal: AbortSignal | undefined;
  const mock = new MockDeployer({ pace: 0 });
  const deployer: DeployerLike = {
    validate: (...given) => mock.validate(...given),
    environments: (text) => mock.environments(text),
    parseYaml: (...given) => mock.parseYaml(...given),
    toYaml: (given) => mock.toYaml(given),
    plan: (...given) => mock.plan(...given),
    status: (...given) => mock.status(...given),
    update: (...given) => mock.update(...given),
    delete: (...given) => mock.delete(...given),
    history: (...given) => mock.history(...given),
    rollback: (...given) => mock.rollback(...given),
    restore: (...given) => mock.restore(...given),
    create: (_given, options: RunOptions) => {
      tell = options.onEvent;
      signal = options.signal;
      return new Promise((_resolve, reject) => {
        fail = reject;
      });
    },
  };
  let sequence = 0;
  return {
    deployer,
    event: (event: Partial<DeployEvent>) =>
      tell({
        run: "r1",
        sequence: sequence++,
        at: "2026-11-25T13:15:26Z",
        elapsed_ms: 0,
        kind: "step",
        message: "",
        ...event,
      }),
    fail: (thrown: unknown) => fail(thrown),
    aborted: () => signal?.aborted,
  };
}

const step = (name: string) =>
  within(
    screen
      .getAllByRole("listitem")
      .find((item) => within(item).queryByText(name, { exact: true })) ?? document.body,
  );

describe("a run that is under way already", () => {
  it("is shown before the form, and started once", async () => {
    const { deployer, event } = told();
    let started = 0;
    const create = deployer.create;
    deployer.create = (given, options) => {
      started++;
      return create(given, options);
    };
    const given = { app_name: "slides" };
    const { rerender } = openDeploy({ deployer, live: { operation: "create", given } });
    expect(await screen.findByRole("button", { name: "Cancel" })).toBeVisible();
    act(() => event({ step: "app", state: "waiting", message: "compute starts" }));
    expect((await screen.findAllByText("compute starts")).length).toBeGreaterThan(0);
    rerender(<DeployApp deployer={deployer} live={{ operation: "create", given }} />);
    expect(started).toBe(1);
  });
});

describe("the review", () => {
  it("shows steps, what waits for what, and the files, and changes nothing", async () => {
    const { user, deployer } = openDeploy();
    await review(user);
    await waitFor(() =>
      expect(screen.getByRole("heading", { name: /what deploying will do/ })).toHaveFocus(),
    );
    expect(await screen.findByText("after Database, Key")).toBeVisible();
    const yaml = screen.getByRole("region", { name: "app.yaml" });
    expect(yaml).toHaveTextContent("valueFrom: encryption-key");
    await user.click(screen.getByRole("tab", { name: "requirements.txt" }));
    expect(screen.getByRole("region", { name: "requirements.txt" })).toHaveTextContent(
      "tellr-app==0.1.0",
    );
    expect(deployer.asked).toEqual([]);
  });

  it("of a reset says what is lost and what can be got back, and wants the app's name", async () => {
    const { user, deployer } = openDeploy({ defaults: { app_name: "tellr-there" } });
    await user.click(await screen.findByRole("button", { name: "Update it instead" }));
    await user.click(screen.getByRole("switch", { name: "Empty the database" }));
    await waitFor(() =>
      expect(screen.getByRole("textbox", { name: "Schema" })).toHaveValue("app_data"),
    );
    await user.click(button("Review"));
    const lost = await screen.findByRole("region", { name: "Will be lost" });
    expect(lost).toHaveTextContent("14 tables");
    expect(screen.getByRole("region", { name: /can be restored/ })).toHaveTextContent("7 days");
    expect(button("Update")).toBeDisabled();
    const typed = screen.getByRole("textbox", { name: /To confirm/ });
    await user.type(typed, "tellr-ther");
    expect(button("Update")).toBeDisabled();
    await user.type(typed, "e");
    await user.click(button("Update"));
    const done = within(await screen.findByRole("region", { name: "Tellr is up to date" }));
    expect(done.getByText(/pre-reset-20261125-131535/)).toBeVisible();
    expect(deployer.asked.map(({ given }) => given.reset_database)).toEqual([true]);
  });

  it("of a deletion wants the app's name as well", async () => {
    const { user, deployer } = openDeploy({ defaults: { app_name: "tellr-there" } });
    await user.click(screen.getByRole("radio", { name: /^Delete/ }));
    await user.click(button("Review"));
    const typed = await screen.findByRole("textbox", { name: /To confirm/ });
    await user.type(typed, "tellr{Enter}");
    expect(screen.queryByText("Tellr was deleted")).toBeNull();
    await user.type(typed, "-there{Enter}");
    expect(await screen.findByText("Tellr was deleted")).toBeVisible();
    expect(deployer.asked.map(({ operation }) => operation)).toEqual(["delete"]);
  });

  it("says why it can't be, and what would do instead", async () => {
    const { user } = openDeploy();
    await review(user, "tellr-there");
    expect(await screen.findByRole("heading", { name: /App already exists/ })).toBeVisible();
    await user.click(button("Update it instead"));
    expect(screen.getByRole("radio", { name: /^Update/ })).toBeChecked();
  });
});

describe("a run", () => {
  it("shows each step's state in words, what it waits for, and how far all is", async () => {
    const { deployer, event } = told();
    const { user } = openDeploy({ deployer });
    await deploy(user);
    await waitFor(() =>
      expect(screen.getByRole("heading", { name: "Deploying tellr" })).toHaveFocus(),
    );
    event({
      kind: "plan",
      steps: [
        { step: "lakebase", title: "the database `tellr-db`", waits_for: [] },
        { step: "schema", title: "the schema `app_data`", waits_for: ["lakebase"] },
      ],
    });
    event({ step: "lakebase", state: "started", message: "the database" });
    await waitFor(() => expect(step("Database").getByText("running")).toBeVisible());
    expect(step("Schema").getByText("pending")).toBeVisible();
    expect(step("Schema").getByText("Waits for Database")).toBeVisible();
    event({ step: "lakebase", state: "waiting", message: "creating the database" });
    expect(await step("Database").findByText("waiting for the platform")).toBeVisible();
    expect(step("Database").getByText("Creating the database")).toBeVisible();
    event({ step: "lakebase", state: "done", message: "created it", step_elapsed_ms: 2_300 });
    expect(await step("Database").findByText("2.3 s")).toBeVisible();
    expect(screen.getByRole("progressbar")).toHaveAttribute("aria-valuetext", "1 of 2 steps");
    expect(screen.getByText("Database done. 1 of 2 steps are done.")).toHaveAttribute(
      "aria-live",
      "polite",
    );
  });

  it("is cancelled at the next safe point, shows that meanwhile, and can be resumed", async () => {
    const { deployer, event, fail, aborted } = told();
    const { user } = openDeploy({ deployer });
    await deploy(user);
    event({ step: "lakebase", state: "started", message: "the database" });
    await user.click(await screen.findByRole("button", { name: "Cancel" }));
    expect(aborted()).toBe(true);
    expect(await screen.findByText(/^Stopping at the next safe point\. Steps/)).toBeVisible();
    expect(button("Stopping")).toBeDisabled();
    const cancelled = {
      code: "CANCELLED",
      class: "deployment",
      message: "The deployment of app `tellr` was cancelled",
      cause: "You asked for it; begun or done so far: `lakebase`",
      remedy: "Run it again to resume where it stopped",
      docs: "",
    };
    fail(Object.assign(new Error("x"), cancelled));
    await waitFor(() =>
      expect(screen.getByRole("heading", { name: /was cancelled/ })).toHaveFocus(),
    );
    expect(step("Database").getByText("interrupted")).toBeVisible();
    expect(button("Resume")).toBeVisible();
  });

  it("that fails shows what, why and what to do, the log, and resumes with the same", async () => {
    const { user, deployer } = openDeploy();
    await deploy(user, "tellr-crash");
    const failure = within(await screen.findByRole("region", { name: /tellr-crash/ }));
    expect(failure.getByText("DEPLOYMENT_FAILED")).toBeVisible();
    expect(failure.getByText(/in the step “Deployment”/)).toBeVisible();
    expect(failure.getByText(/Error installing packages\. Please/)).toBeVisible();
    expect(failure.getByRole("link", { name: /logz$/ })).toHaveAttribute("target", "_blank");
    expect(failure.getByRole("region", { name: "Last lines of the log" })).toHaveTextContent(
      "No matching distribution found for tellr-app==0.9.9",
    );
    expect(step("Deployment").getByText("failed")).toBeVisible();
    expect(step("Health check").getByText("not started")).toBeVisible();
    await user.click(button("Resume"));
    await waitFor(() => expect(deployer.asked).toHaveLength(2));
    expect(deployer.asked[1]).toEqual(deployer.asked[0]);
    await user.click(await screen.findByRole("button", { name: "Back to the form" }));
    expect(screen.getByRole("textbox", { name: "App name" })).toHaveValue("tellr-crash");
  });

  it("shows what a platform sends as text, and opens no address that isn't the web's", async () => {
    const { user, container } = openDeploy();
    await deploy(user, "tellr-hostile");
    const failure = await screen.findByRole("region", { name: /tellr-hostile/ });
    expect(failure).toHaveTextContent("<script>document.title='owned'</script>");
    expect(failure).toHaveTextContent("</pre><iframe");
    expect(container.querySelector("img, iframe, script, b")).toBeNull();
    expect(container.querySelector('a[href^="javascript"]')).toBeNull();
  });

  it("that ends well leads to the app, and can be had as text", async () => {
    const { user } = openDeploy();
    await deploy(user, "slides");
    const open = await screen.findByRole("link", { name: "Open Tellr" });
    expect(open).toHaveAttribute("rel", "noopener noreferrer");
    expect(screen.getByRole("heading", { name: "Tellr is running" })).toHaveFocus();
    const address = "https://slides-7084166586.aws.databricksapps.com";
    expect(screen.getByText(address, { selector: "a" })).toBeVisible();
    expect(screen.getByRole("link", { name: "Log" })).toHaveAttribute("href", `${address}/logz`);
    expect(screen.getByRole("region", { name: "In a notebook" })).toHaveTextContent(
      'tellr.create( app_name="slides", )',
    );
    await user.click(await screen.findByRole("tab", { name: "YAML" }));
    expect(screen.getByRole("region", { name: "tellr.yaml" })).toHaveTextContent(
      "app_name: slides",
    );
    await user.click(screen.getByRole("tab", { name: "Result" }));
    expect(screen.getByRole("region", { name: "result.json" })).toHaveTextContent('"created"');
    expect(step("App").getByText("1 min 33 s")).toBeInTheDocument();
    await user.click(button("Change settings"));
    expect(screen.getByRole("radio", { name: /^Update/ })).toBeChecked();
    expect(screen.getByRole("textbox", { name: "Lakebase database" })).toHaveValue("tellr-db");
    expect(await screen.findByText(/already exists \(created by/)).toBeVisible();
    expect(screen.getByRole("link", { name: "log" })).toHaveAttribute("href", `${address}/logz`);
  });

  it("follows its events, until somebody scrolls back to read", async () => {
    const { deployer, event } = told();
    const { user } = openDeploy({ deployer });
    await deploy(user);
    await user.click(await screen.findByRole("button", { name: "Cancel" }));
    event({ kind: "notice", message: "first" });
    await user.click(await screen.findByText("Event log"));
    const list = screen.getByRole("list", { name: "Events" });
    Object.defineProperties(list, {
      scrollHeight: { value: 900 },
      clientHeight: { value: 300 },
    });
    event({ kind: "notice", message: "second" });
    await screen.findByText("second", { selector: "ol *" });
    expect(list.scrollTop).toBe(900);

    list.scrollTop = 100;
    fireEvent.scroll(list);
    event({ kind: "notice", message: "third" });
    await screen.findByText("third", { selector: "ol *" });
    expect(list.scrollTop).toBe(100);
    await user.click(button("Scroll to the newest"));
    expect(list.scrollTop).toBe(900);
  });

  it("keeps its events, line by line", async () => {
    const { user } = openDeploy();
    await deploy(user);
    await screen.findByRole("link", { name: "Open Tellr" });
    await user.click(screen.getByText("Event log"));
    const lines = within(screen.getByRole("list", { name: "Events" })).getAllByRole("listitem");
    expect(lines[0]).toHaveTextContent("checking what exists before the create");
    expect(lines.at(-1)).toHaveTextContent("Tellr is running at");
  });

  it("is stopped when the page is taken away", async () => {
    const { deployer, aborted } = told();
    const { user, unmount } = openDeploy({ deployer });
    await deploy(user);
    await screen.findByRole("heading", { name: "Deploying tellr" });
    expect(aborted()).toBe(false);
    unmount();
    expect(aborted()).toBe(true);
  });

  it("shows a mistake of this software as one", async () => {
    const { deployer, fail } = told();
    const { user } = openDeploy({ deployer });
    await deploy(user);
    await screen.findByRole("heading", { name: "Deploying tellr" });
    fail(new RangeError("unreachable executed"));
    expect(await screen.findByText("UNEXPECTED")).toBeVisible();
    expect(screen.getByText(/RangeError: unreachable executed/)).toBeVisible();
  });

  it("leaves the focus alone where somebody is busy elsewhere", async () => {
    const { deployer, fail } = told();
    const { user } = openDeploy({ deployer });
    await deploy(user);
    await screen.findByRole("heading", { name: "Deploying tellr" });
    const elsewhere = document.createElement("input");
    document.body.append(elsewhere);
    elsewhere.focus();
    fail(new Error("ended"));
    await screen.findByText("UNEXPECTED");
    expect(elsewhere).toHaveFocus();
    elsewhere.remove();
    await put(user, "App name", "x").catch(() => undefined);
  });
});
