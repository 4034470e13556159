import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["packages/*/src/**/*.test.ts", "services/*/src/**/*.test.ts"],
    // More test files at once than the cores of a small machine: a part of their time is waiting.
    maxWorkers: 3,
    // The files of a worker share its modules, which take longer to load than most files take to run. No module keeps
    // what a test may change.
    isolate: false,
    globalSetup: ["packages/testing/src/global-setup.ts"],
    setupFiles: ["packages/testing/src/property-seed.ts"],
    // Whatever hangs is ended; what is slow, because the machine is busy with other things, is not.
    testTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
    hookTimeout: 180_000,
  },
});
