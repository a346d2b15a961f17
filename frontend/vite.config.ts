import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { firstLoadBudget } from "./build/firstLoadBudget.ts";
import { mockApi } from "./mock/mockApi.ts";

const KIB = 1024;

// `--mode mock` answers the API from mock/, so that the page can be worked on without a database.
export default defineConfig(({ mode }) => ({
  plugins: [react(), firstLoadBudget(150 * KIB), mode === "mock" ? mockApi() : null],
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
  },
}));
