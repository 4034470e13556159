import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["packages/*/src/**/*.test.ts", "services/*/src/**/*.test.ts"],
    // Two test files at once, also on two cores, where one would be the default: most of their time is waiting.
    maxWorkers: 2,
    globalSetup: ["packages/testing/src/global-setup.ts"],
    // Whatever hangs is ended; what is slow, because the machine is busy with other things, is not.
    testTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
    hookTimeout: 180_000,
  },
});
