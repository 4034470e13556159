import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ServerCertificate } from "@tessera/embedded-postgres/certificate.ts";
import { type Embedded, startEmbedded } from "@tessera/embedded-postgres/server.ts";
import { newAuthority } from "@tessera/testing/ground/certificates.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { databaseFailure } from "./database-failure.ts";
import { connectPool, type Sql } from "./pool.ts";

const CALLERS = 40;
/** Failures of each caller in an outage: by the limit of a statement alone they would take longer than the test. */
const FAILURES = 3;

let folder: string;
let server: Embedded;
let sql: Sql;
let port: number;

describe.each(["disable", "require"])("with sslmode=%s", (mode) => {
  let tls: ServerCertificate;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "tessera-test-outage-"));
    tls = await (await newAuthority()).certify({ ip: ["127.0.0.1"] });
    server = await startEmbedded({ folder, tls });
    port = Number(new URL(server.url("postgres")).port);
    sql = connectPool(`${server.url("postgres")}?sslmode=${mode}`, { applicationName: "outage" });
  });

  afterAll(async () => {
    await sql.end();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test("a database that is killed makes calls fail as unavailable, and serves them after its return", async () => {
    await measure(
      async () => void process.kill(server.pid, "SIGKILL"),
      async () => {
        server = await startEmbedded({ folder, port, tls });
      },
    );
  });

  test.runIf(process.platform === "linux")("a database that stops answering does the same", async () => {
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
  });
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
  const answered = () => calls.filter(({ failure }) => failure === "none").length;
  await expect.poll(answered).toBeGreaterThan(CALLERS);
  const faultAt = performance.now();
  await fault();
  // Everybody's call fails, those under way and new ones, while nothing comes back.
  const failed = () => calls.filter(({ startedAt, ms }) => startedAt + ms > faultAt);
  const failures = () => failed().filter(({ failure }) => failure !== "none");
  await expect.poll(() => failures().length).toBeGreaterThanOrEqual(FAILURES * CALLERS);
  expect(new Set(failures().map(({ failure }) => failure))).toEqual(new Set(["unavailable"]));
  await recover();
  const before = answered();
  await expect.poll(answered).toBeGreaterThan(before + CALLERS);
  await stop();
  if (process.env.SHOW_FIGURES) {
    const longest = Math.max(...failures().map(({ ms }) => ms));
    console.log(`${failures().length} calls failed, the longest after ${Math.round(longest)} ms`);
  }
}
