import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { databaseFailure } from "./database-failure.ts";
import { type Embedded, startEmbedded } from "./embedded.ts";
import { connectPool, type Sql } from "./pool.ts";

const CALLERS = 40;
/** The promise of the pool to whoever calls while the database is gone or silent. */
const ERROR_WITHIN_MS = 1_000;
const BACK_WITHIN_MS = 2_000;

let folder: string;
let server: Embedded;
let sql: Sql;
let port: number;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tessera-test-outage-"));
  server = await startEmbedded({ folder });
  port = Number(new URL(server.url("postgres")).port);
  sql = connectPool(server.url("postgres"), { applicationName: "outage" });
});

afterAll(async () => {
  await sql.end();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

interface Call {
  startedAt: number;
  ms: number;
  failure: string | undefined;
}

/** Callers that ask again and again, half of them in transactions, and what each call came to. */
function keepCalling(): { calls: Call[]; stop(): Promise<void> } {
  const calls: Call[] = [];
  let isRunning = true;
  const ask = (index: number): Promise<unknown> =>
    index % 2 === 0
      ? sql`select pg_sleep(0.002)`
      : sql.begin(async (transaction) => {
          await transaction`select 1`;
          await transaction`select 2`;
        });
  const callers = Array.from({ length: CALLERS }, async (_, index) => {
    while (isRunning) {
      const startedAt = performance.now();
      const failure = await ask(index).then(() => "none", databaseFailure);
      calls.push({ startedAt, ms: performance.now() - startedAt, failure });
      await sleep(5);
    }
  });
  return {
    calls,
    stop: async () => {
      isRunning = false;
      await Promise.all(callers);
    },
  };
}

async function measure(fault: () => Promise<void>, recover: () => Promise<void>): Promise<void> {
  const { calls, stop } = keepCalling();
  await sleep(300);
  expect(calls.length).toBeGreaterThan(CALLERS);
  const faultAt = performance.now();
  await fault();
  await sleep(1_500);
  const failed = calls.filter(({ startedAt, ms, failure }) => startedAt + ms > faultAt && failure !== "none");
  expect(new Set(failed.map(({ failure }) => failure))).toEqual(new Set(["unavailable"]));
  expect(failed.length).toBeGreaterThanOrEqual(CALLERS);
  await recover();
  const backAt = performance.now();
  await sleep(BACK_WITHIN_MS);
  await stop();
  const first = calls.find(({ startedAt, ms, failure }) => failure === "none" && startedAt + ms > backAt);
  expect((first?.startedAt ?? 0) + (first?.ms ?? Number.POSITIVE_INFINITY) - backAt).toBeLessThan(
    BACK_WITHIN_MS,
  );
  // No call, in flight or new, waited for the database to come back.
  expect(Math.max(...calls.filter((call) => call.startedAt < backAt).map(({ ms }) => ms))).toBeLessThan(
    ERROR_WITHIN_MS,
  );
}

test("a database that is killed makes calls fail as unavailable at once, and serves them soon after its return", async () => {
  await measure(
    async () => void process.kill(server.pid, "SIGKILL"),
    async () => {
      server = await startEmbedded({ folder, port });
    },
  );
});

test.runIf(process.platform === "linux")(
  "a database that falls silent does the same within a second",
  async () => {
    let paused: number[] = [];
    await measure(
      async () => {
        const path = `/proc/${server.pid}/task/${server.pid}/children`;
        const children = (await readFile(path, "utf8")).trim().split(" ").map(Number);
        paused = [server.pid, ...children];
        for (const pid of paused) process.kill(pid, "SIGSTOP");
      },
      async () => {
        for (const pid of paused) process.kill(pid, "SIGCONT");
      },
    );
  },
);
