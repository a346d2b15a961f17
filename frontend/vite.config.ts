import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { loadBudgets } from "./build/loadBudgets.ts";
import { mockApi } from "./mock/mockApi.ts";

const KIB = 1024;
const BUDGETS = { firstLoad: 200 * KIB, deployPage: 60 * KIB, editor: 60 * KIB };

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// `--mode mock` answers the API from mock/, so that the page can be worked on without a database;
// tests and it have an invented deployer in place of the one that `make pkg` builds, and a plain engine in
// TypeScript in place of the WebAssembly that lays slides out.
export default defineConfig(({ mode }) => ({
  plugins: [react(), loadBudgets(BUDGETS), mode === "mock" ? mockApi() : null],
  resolve: {
    alias: {
      "@tellr/deployer":
        mode === "production" ? here("../pkg/deployer.js") : here("./mock/deployer/package.ts"),
      "@tellr/slides": here("../runtime/slides/page/slides.js"),
      "@tellr/engine": here(
        mode === "production" ? "./src/engine/app.ts" : "./mock/engine/index.ts",
      ),
    },
  },
  build: {
    // The page's Content-Security-Policy allows nothing inline, so nothing is inlined as data: URLs.
    assetsInlineLimit: 0,
    // Without the polyfill Vite adds no inline script for module preloading.
    modulePreload: { polyfill: false },
    sourcemap: false,
  },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/testing/setup.ts"],
    restoreMocks: true,
    testTimeout: 20_000,
  },
}));
