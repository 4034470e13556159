import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Folders of tests that wait for whole systems: they begin first, so that no worker is alone with one in the end. */
const LONG = ["packages/launch/src/", "packages/testing/src/cases/", "packages/testing/src/console/"];

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) => LONG.some((it) => moduleId.includes(it));
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((it) => !isLong(it))];
  }
}

export default defineConfig({
  test: {
    include: ["packages/*/src/**/*.test.ts", "services/*/src/**/*.test.ts"],
    // More test files at once than the cores of a small machine: a part of their time is waiting.
    maxWorkers: 4,
    sequence: { sequencer: LongFirst },
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
