import { QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { MockDeployer } from "../../../mock/deployer/index.ts";
import { createQueryClient } from "../../api/queries";
import type { DeployerLike } from "../../deploy";
import { serve } from "../../testing/server";
import { DeployPage } from "./DeployPage";
import { loadDeployer } from "./loadDeployer";

vi.mock("./loadDeployer", () => ({ loadDeployer: vi.fn() }));
const loading = vi.mocked(loadDeployer);

const ACCESS = "/api/workspace-access";
const host = "https://my.cloud.databricks.com";

beforeEach(() => {
  loading.mockReset().mockResolvedValue(new MockDeployer({ pace: 0 }));
});

function open() {
  return render(
    <QueryClientProvider client={createQueryClient()}>
      <DeployPage />
    </QueryClientProvider>,
  );
}

describe("the deploy page as a route", () => {
  it("says where it deploys and as whom", async () => {
    serve();
    open();
    expect(await screen.findByText("my.cloud.databricks.com")).toBeVisible();
    expect(screen.getByText("ada@example.com")).toBeVisible();
  });

  it("leads to the workspace's sign-in, and goes on by itself afterwards", async () => {
    const answer = { host, signed_in: false, sign_in_url: "/api/workspace-access/sign-in" };
    const server = serve({ [ACCESS]: { status: 200, body: answer } });
    open();
    const link = await screen.findByRole("link", { name: "Sign in" });
    expect(link).toHaveAttribute("href", "/api/workspace-access/sign-in");
    expect(link).toHaveAttribute("target", "_blank");
    server.allWell();
    await waitFor(() => expect(screen.queryByRole("link", { name: "Sign in" })).toBeNull());
    expect(screen.getByText("ada@example.com")).toBeVisible();
  });

  it("asks who is signed in when the workspace takes the credential no longer", async () => {
    const server = serve();
    const deployer = new MockDeployer({ pace: 0 });
    loading.mockResolvedValue(deployer);
    open();
    expect(await screen.findByText("ada@example.com")).toBeVisible();
    const answer = { host, signed_in: false, sign_in_url: "/api/workspace-access/sign-in" };
    server.answer(ACCESS, { status: 200, body: answer });
    const app = screen.getByRole("textbox", { name: "App name" });
    await userEvent.type(app, "tellr-expired");
    await userEvent.click(screen.getByRole("button", { name: "Review" }));
    await userEvent.click(await screen.findByRole("button", { name: "Deploy" }));
    expect(await screen.findByText("TOKEN_EXPIRED")).toBeVisible();
    expect(await screen.findByRole("link", { name: "Sign in" })).toBeVisible();
    expect(screen.getByRole("button", { name: "Resume" })).toBeVisible();
  });

  it("repeats why the server passes nothing on, and leaves the form as it is", async () => {
    const message = "This browser did not come through the address that was printed";
    serve({ [ACCESS]: { status: 401, body: { kind: "credential", message } } });
    open();
    expect(await screen.findByRole("alert")).toHaveTextContent(`${message}.`);
    expect(screen.getByRole("textbox", { name: "App name" })).toBeEnabled();
  });

  it("says that the server is gone", async () => {
    serve({ [ACCESS]: "unreachable" });
    open();
    expect(await screen.findByRole("alert")).toHaveTextContent("Check that it is still running.");
  });

  it("can be filled in before its deployer is there", async () => {
    serve();
    let arrive: (deployer: DeployerLike) => void = () => undefined;
    loading.mockReturnValue(
      new Promise((resolve) => {
        arrive = resolve;
      }),
    );
    open();
    const name = screen.getByRole("textbox", { name: "App name" });
    await userEvent.type(name, "X");
    expect(name).toBeValid();
    arrive(new MockDeployer({ pace: 0 }));
    await waitFor(() => expect(name).toBeInvalid());
  });

  it("says why there is no deployer when WebAssembly is forbidden", async () => {
    serve();
    loading.mockRejectedValue(
      new WebAssembly.CompileError("violates the Content Security policy: 'unsafe-eval'"),
    );
    open();
    expect(await screen.findByText("WebAssembly is blocked on this page")).toBeVisible();
    expect(screen.getByText("WASM_BLOCKED")).toBeVisible();
  });

  it("remembers the form over a reload, without its key, as far as storage lets it", async () => {
    serve();
    const first = open();
    await userEvent.type(screen.getByRole("textbox", { name: "App name" }), "slides");
    await userEvent.click(screen.getByText("More settings"));
    await userEvent.type(screen.getByLabelText("Encryption key"), "marked-secret");
    expect(sessionStorage.getItem("tellr.deploy")).toContain('"slides"');
    expect(sessionStorage.getItem("tellr.deploy")).not.toContain("marked-secret");
    first.unmount();
    const second = open();
    expect(screen.getByRole("textbox", { name: "App name" })).toHaveValue("slides");
    expect(screen.getByLabelText("Encryption key")).toHaveValue("");
    second.unmount();

    sessionStorage.setItem("tellr.deploy", '{"operation":"explode"}');
    open().unmount();
    vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
      throw new DOMException("full", "QuotaExceededError");
    });
    open();
    expect(screen.getByRole("textbox", { name: "App name" })).toHaveValue("");
  });

  it("says in the tab how a run goes, and asks before that tab is closed", async () => {
    serve();
    const deployer = new MockDeployer({ pace: 0 });
    vi.spyOn(deployer, "create").mockImplementation((_given, { onEvent, signal }) => {
      onEvent({
        run: "r1",
        sequence: 0,
        at: "2026-11-25T13:15:26Z",
        elapsed_ms: 0,
        kind: "plan",
        message: "",
        steps: [{ step: "app", title: "the app", waits_for: [] }],
      });
      return new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(new Error("stopped")));
      });
    });
    loading.mockResolvedValue(deployer);
    open();
    const leaves = () => fireEvent(window, new Event("beforeunload", { cancelable: true }));
    expect(leaves()).toBe(true);
    await userEvent.click(screen.getByRole("button", { name: "Review" }));
    await userEvent.click(await screen.findByRole("button", { name: "Deploy" }));
    await waitFor(() => expect(document.title).toBe("0/1 Deploying · Tellr"));
    expect(leaves()).toBe(false);
    await userEvent.click(screen.getByRole("button", { name: "Cancel" }));
    await waitFor(() => expect(document.title).toBe("✗ Failed · Tellr"));
    expect(leaves()).toBe(true);
  });
});
