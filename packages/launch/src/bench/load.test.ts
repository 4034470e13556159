import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll, expect, test } from "vitest";
import { measure, timesOf } from "./load.ts";
import { cpuOf, usedBetween } from "./processes.ts";

/** A process whose children work and end. */
const BUSY = `const { spawnSync } = require("node:child_process");
  process.stdin.once("data", () => {
    spawnSync(process.execPath, ["-e", "const end = process.cpuUsage().user + 300_000; while (process.cpuUsage().user < end);"]);
    console.log("done");
  });`;
let parent: ReturnType<typeof spawn>;

beforeAll(() => {
  parent = spawn(process.execPath, ["-e", BUSY], { stdio: ["pipe", "pipe", "inherit"] });
});

afterAll(() => void parent.kill("SIGKILL"));

test("the CPU of a process has that of children that ended", async () => {
  const processes = { busy: parent.pid as number };
  const before = cpuOf(processes);
  parent.stdin?.write("now\\n");
  await once(parent.stdout as NonNullable<typeof parent.stdout>, "data");
  expect(usedBetween(before, cpuOf(processes)).busy).toBeGreaterThanOrEqual(0.25);
});

test("each kind of request has its own times, and what it set going is awaited before its CPU is read", async () => {
  let isSettled = false;
  const measured = await measure(
    async (caller, timed) => {
      isSettled = false;
      await timed("lock", new Promise((resolve) => setTimeout(resolve, 1 + caller)));
      await timed("submit", new Promise((resolve) => setImmediate(resolve)));
    },
    {
      callers: 2,
      warmUp: { ms: 1, requests: 3, mostMs: 10_000 },
      forMs: 50,
      processes: {},
      settled: async () => {
        isSettled = true;
      },
    },
  );
  expect(isSettled).toBe(true);
  expect(measured.times.map(({ name }) => name)).toEqual(["lock", "submit"]);
  expect(Object.keys(measured.cpuMicros)).toEqual(["client"]);
});

test("percentiles are those of the times", () => {
  const times = Array.from({ length: 100 }, (_, at) => 100 - at);
  expect(timesOf("read", times, 10)).toEqual({ name: "read", perSecond: 10, p50Ms: 51, p99Ms: 100 });
});
