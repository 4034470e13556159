import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["packages/*/src/**/*.test.ts", "services/*/src/**/*.test.ts"],
    // Two test files at once, also on two cores, where one would be the default: most of their time is waiting.
    maxWorkers: 2,
    globalSetup: ["packages/testing/src/global-setup.ts"],
    testTimeout: 30_000,
    expect: { poll: { timeout: 10_000 } },
    hookTimeout: 60_000,
  },
});
