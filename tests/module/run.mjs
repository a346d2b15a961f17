// Runs the tests of the deployer's module in a browser: deployer-wasm/tests/page, with wasm-bindgen's runner.
//
// usage: run.mjs [ARGUMENT of the tests]...
//
// The page that the runner serves has, on its own origin, a server beside it as a deploy page
// does: `tellr-app deploy-page`, with a local workspace behind it. A proxy brings them together.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startProxy } from "./proxy.mjs";
import { BROWSER_FLAGS, ROOT, setting, startServers } from "./servers.mjs";

/** Writes how the browser is to be started, for the driver. */
function writeCapabilities(path, proxyPort) {
  // Without the second one no proxy is asked for addresses of this machine.
  const proxy = [`--proxy-server=127.0.0.1:${proxyPort}`, "--proxy-bypass-list=<-loopback>"];
  const options = { binary: setting("TELLR_CHROMIUM"), args: [...BROWSER_FLAGS, ...proxy] };
  writeFileSync(path, JSON.stringify({ "goog:chromeOptions": options }));
}

/** Compiles and runs the tests; answers the exit status. */
async function runTests(capabilities) {
  const tests = spawn(
    "cargo",
    [
      ...["test", "--package", "deployer-wasm", "--features", "browser", "--test", "page"],
      ...["--target", "wasm32-unknown-unknown", "--", ...process.argv.slice(2)],
    ],
    {
      cwd: ROOT,
      env: {
        ...process.env,
        CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER: "wasm-bindgen-test-runner",
        CHROMEDRIVER: setting("TELLR_CHROMEDRIVER"),
        WASM_BINDGEN_TEST_ONLY_WEB: "1",
        WASM_BINDGEN_TEST_WEBDRIVER_JSON: capabilities,
        WASM_BINDGEN_TEST_TIMEOUT: "600",
        WASM_BINDGEN_TEST_DRIVER_TIMEOUT: "60",
      },
      stdio: ["ignore", "inherit", "inherit"],
    },
  );
  const [code] = await once(tests, "exit");
  return code ?? 1;
}

const folder = mkdtempSync(join(tmpdir(), "tellr-module-"));
const servers = await startServers([
  "--clock",
  "virtual",
  "--pace",
  "realistic",
  "--apps",
  "scripted",
]);
const proxy = await startProxy(servers);
try {
  const capabilities = join(folder, "webdriver.json");
  writeCapabilities(capabilities, proxy.port);
  process.exitCode = await runTests(capabilities);
} finally {
  proxy.stop();
  await servers.stop();
  rmSync(folder, { recursive: true });
}
