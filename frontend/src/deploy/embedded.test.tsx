import { act, render, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { createRoot } from "react-dom/client";
import { afterEach, describe, expect, it, vi } from "vitest";
import { MockDeployer } from "../../mock/deployer/index.ts";
import { DeployApp, lazily, Unavailable, whyUnavailable } from "./index";

afterEach(() => vi.restoreAllMocks());

describe("the page inside somebody else's", () => {
  it("works in a shadow root, where storage, dialogs and windows are refused", async () => {
    const refused = () => {
      throw new DOMException("The document is sandboxed", "SecurityError");
    };
    vi.spyOn(Storage.prototype, "getItem").mockImplementation(refused);
    vi.spyOn(Storage.prototype, "setItem").mockImplementation(refused);
    vi.stubGlobal("confirm", () => false);
    vi.stubGlobal("open", () => null);
    const host = document.createElement("div");
    document.body.append(host);
    const shadow = host.attachShadow({ mode: "open" });
    const place = document.createElement("div");
    shadow.append(place);
    const root = createRoot(place);
    act(() => root.render(<DeployApp deployer={new MockDeployer({ pace: 0 })} theme="dark" />));
    const page = within(place);
    const user = userEvent.setup({ document });
    await user.click(page.getByRole("button", { name: "Review" }));
    await user.click(await page.findByRole("button", { name: "Deploy" }));
    expect(await page.findByRole("link", { name: "Open Tellr" })).toBeInTheDocument();
    expect(place.querySelector(".tellr")).toHaveAttribute("data-theme", "dark");
    act(() => root.unmount());
    host.remove();
  });

  it("fetches its deployer once, when it is first asked for something", async () => {
    const mock = new MockDeployer({ pace: 0 });
    const load = vi.fn(async () => mock);
    const deployer = lazily(load);
    expect(load).not.toHaveBeenCalled();
    expect(await deployer.validate({ app_name: "X" }, "create")).toMatchObject({
      code: "INVALID_VALUE",
    });
    expect(await deployer.toYaml({})).toContain("app_name: tellr");
    expect(load).toHaveBeenCalledTimes(1);
  });

  it("says why it has no deployer", () => {
    const blocked = new WebAssembly.CompileError(
      "WebAssembly.instantiateStreaming(): Compiling or instantiating WebAssembly module violates the following Content Security policy directive because 'unsafe-eval' is not allowed",
    );
    expect(whyUnavailable(blocked)).toMatchObject({ code: "WASM_BLOCKED" });
    expect(whyUnavailable(new TypeError("Failed to fetch"))).toMatchObject({
      code: "DEPLOYER_NOT_LOADED",
      cause: "Failed to fetch",
    });
    vi.stubGlobal("WebAssembly", undefined);
    expect(whyUnavailable(new ReferenceError("WebAssembly is not defined")).code).toBe(
      "WASM_MISSING",
    );
    vi.unstubAllGlobals();
    const { getByRole } = render(<Unavailable thrown={blocked} onRetry={() => undefined} />);
    expect(getByRole("heading")).toHaveTextContent("WebAssembly is blocked on this page");
    expect(getByRole("button", { name: "Try again" })).toBeVisible();
  });
});
