/** The widget in real notebooks, in the installed Chromium. */
import { defineConfig } from "@playwright/test";
import base from "./playwright.config.ts";

export default defineConfig(base, {
  testDir: "./notebook",
  testIgnore: [],
  outputDir: "../output/notebook/failures",
  timeout: 180_000,
  use: { viewport: { width: 1280, height: 1000 }, actionTimeout: 30_000 },
});
