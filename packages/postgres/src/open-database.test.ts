import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "@tessera/embedded-postgres/free-port.ts";
import { startEmbedded } from "@tessera/embedded-postgres/server.ts";
import { createLog } from "@tessera/runtime/log.ts";
import { databaseConfig, type TestDatabase, testDatabase } from "@tessera/testing/database.ts";
import { type TcpProxy, tcpProxy } from "@tessera/testing/ground/tcp-proxy.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { migrate } from "./migrate.ts";
import { openDatabase } from "./open-database.ts";
import { connectPool } from "./pool.ts";

const MIGRATIONS = new URL("../../../services/task/migrations/", import.meta.url);

let database: TestDatabase;
let folder: string;

beforeAll(async () => {
  database = await testDatabase();
  await migrate(database.sql, MIGRATIONS);
  folder = await mkdtemp(join(tmpdir(), "tessera-test-open-"));
});

afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

/** A log that keeps its lines. */
function listener() {
  const lines: { msg: string; why?: string }[] = [];
  const write = (line: string) => void lines.push(JSON.parse(line));
  return { lines, log: createLog({ name: "test", level: "info", destination: { write } }) };
}

const open = (url: string, more: { log: ReturnType<typeof createLog>; signal?: AbortSignal }) =>
  openDatabase(
    { ...databaseConfig(database), DATABASE_URL: url },
    { applicationName: "test", migrations: MIGRATIONS, ...more },
  );

function proxied(proxy: TcpProxy): string {
  const url = new URL(database.url);
  url.port = String(proxy.port);
  return url.href;
}

test("a start waits for a database that is not there yet, and says so", async () => {
  const port = await freePort();
  const { lines, log } = listener();
  const stopping = new AbortController();
  const url = `postgres://tessera:not-yet-known@127.0.0.1:${port}/postgres`;
  const opening = open(url, { log, signal: stopping.signal }).catch((error: Error) => error);
  await expect.poll(() => lines.map(({ why }) => why).join()).toContain("ECONNREFUSED");
  // Now it is reachable, and its own fault is reported instead.
  const server = await startEmbedded({ folder, port });
  await expect.poll(() => lines.map(({ why }) => why).join()).toContain("password authentication failed");
  stopping.abort();
  expect(await opening).toBeInstanceOf(Error);
  await server.stop();
});

test("a start continues when its database is reachable", async () => {
  const proxy = await tcpProxy({ host: "127.0.0.1", port: Number(new URL(database.url).port) });
  proxy.isSilent = true;
  const { lines, log } = listener();
  const opening = openDatabase(
    {
      ...databaseConfig(database),
      DATABASE_URL: proxied(proxy),
      DATABASE_WAIT_MILLISECONDS: 200,
      DATABASE_CONNECT_MILLISECONDS: 500,
    },
    { applicationName: "test", migrations: MIGRATIONS, log },
  );
  await expect.poll(() => lines.map(({ msg }) => msg)).toContain("waiting for the database");
  proxy.isSilent = false;
  const sql = await opening;
  expect(lines.map(({ msg }) => msg)).toContain("connected to the database");
  await sql.end();
  await proxy.close();
});

test("a waiting start gives up when it is aborted", async () => {
  const { lines, log } = listener();
  const stopping = new AbortController();
  const url = `postgres://nobody@127.0.0.1:${await freePort()}/none`;
  const opening = open(url, { log, signal: stopping.signal }).then(
    () => "open",
    () => "given up",
  );
  await expect.poll(() => lines.length).toBeGreaterThan(0);
  stopping.abort();
  expect(await opening).toBe("given up");
});

test("a database far away serves callers who come before the first connection is open", async () => {
  const proxy = await tcpProxy({ host: "127.0.0.1", port: Number(new URL(database.url).port) });
  proxy.delayMs = 300;
  // To open a connection takes longer than a caller waits in silence.
  const sql = connectPool(proxied(proxy), { applicationName: "far", waitMs: 1_500 });
  const asked = Array.from({ length: 12 }, (_, index) => sql<{ n: number }[]>`select ${index}::int as n`);
  const answers = await Promise.all(asked);
  expect(answers.map(([row]) => row?.n)).toEqual(Array.from({ length: 12 }, (_, index) => index));
  await sql.end();
  await proxy.close();
});
