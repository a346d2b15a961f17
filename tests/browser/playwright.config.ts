/**
 * The page in a real browser: `states` with mock answers on the built page, `live` on the whole
 * demo. Uses the installed Chromium (tests/setup finds it); Playwright downloads nothing.
 */
import { defineConfig } from "@playwright/test";

const chromium = process.env.TELLR_CHROMIUM;
if (!chromium) throw new Error("TELLR_CHROMIUM is not set: run the tests through `make test`");

export default defineConfig({
  testDir: ".",
  testIgnore: "notebook/**",
  outputDir: "../output/browser/failures",
  // Golden pictures, the same for all machines. One that is missing fails; see slides/README.md.
  snapshotPathTemplate: "{testDir}/slides/{arg}{ext}",
  updateSnapshots: "none",
  expect: {
    // A machine draws the edges of letters a little differently; a moved label or another colour is more.
    toHaveScreenshot: { threshold: 0.035, maxDiffPixelRatio: 0.005 },
  },
  forbidOnly: true,
  retries: 0,
  workers: 1,
  reporter: [["list"]],
  timeout: 60_000,
  use: {
    browserName: "chromium",
    headless: true,
    launchOptions: {
      executablePath: chromium,
      // No sandbox: continuous integration runs as root, and every page here is our own.
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
