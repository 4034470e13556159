import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { withDatabase } from "@tessera/postgres/database-address.ts";
import { testDatabase } from "@tessera/testing/database.ts";
import * as client from "openid-client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ownDatabase } from "./database.ts";
import { freePorts, portsFrom, takenPorts } from "./ports.ts";
import { restClient } from "./rest-client.ts";
import { startArguments } from "./start-arguments.ts";

const START = fileURLToPath(new URL("./start.ts", import.meta.url));
/** The name in the URL of a PostgreSQL, of which only NAME_auth and so on are made. */
const ABSENT = `absent_${randomBytes(4).toString("hex")}`;

let folder: string;
let database: Awaited<ReturnType<typeof testDatabase>>;

test("what is asked for stands on the command line, then in the environment", () => {
  const env = { TESSERA_PORT: "9000", TESSERA_DATA: "elsewhere", TESSERA_JSON: "true" };
  expect(startArguments([], env)).toEqual({
    ports: { gateway: 9_000, auth: 9_001, project: 9_002, task: 9_003, keys: 9_004, console: 9_005 },
    folder: "elsewhere",
    postgresUrl: undefined,
    isJson: true,
    help: false,
  });
  const args = ["--port", "7000", "--data", "here", "--postgres", "postgres://me@db/maps"];
  expect(startArguments(args, env)).toMatchObject({
    ports: { gateway: 7_000, keys: 7_004 },
    folder: "here",
    postgresUrl: "postgres://me@db/maps",
  });
  expect(startArguments([], {})).toMatchObject({ ports: { gateway: 8_080, auth: 50_051 }, folder: "data" });
});

test.each([
  [["--port", "65532"], /--port takes a number/],
  [["--port", "0"], /--port takes a number/],
  [["--postgres", "mysql://db"], /--postgres must be like postgres:/],
  [["--prot", "1"], /--prot/],
])("%j is refused in words", (args, words) => expect(() => startArguments(args, {})).toThrow(words));

test("databases are made from the one that the URL names, or from postgres where there is none yet", async () => {
  const nameIn = (url: string) => new URL(url).pathname.slice(1);
  const [row] = await database.sql<{ name: string }[]>`select current_database() as name`;
  const named = ownDatabase(database.url);
  expect(nameIn(await named.adminUrl())).toBe(row?.name);
  expect(nameIn(named.url("task"))).toBe(`${row?.name}_task`);
  const absent = ownDatabase(withDatabase(database.url, ABSENT));
  expect(nameIn(await absent.adminUrl())).toBe("postgres");
  expect(nameIn(absent.url("task"))).toBe(`${ABSENT}_task`);
  const stranger = new URL(database.url);
  stranger.password = "wrong";
  await expect(ownDatabase(stranger.href).adminUrl()).rejects.toThrow(/password/);
});

/** A system that was started by the command, and where it said that it is. */
interface Started {
  child: ChildProcess;
  addresses: Record<string, string>;
}

const started: Started[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "tessera-test-start-"));
  database = await testDatabase();
});

afterAll(async () => {
  for (const { child } of started) {
    child.kill("SIGTERM");
    if (child.exitCode === null) await once(child, "exit");
  }
  for (const service of ["auth", "project", "task"])
    await database.sql.unsafe(`drop database if exists ${ABSENT}_${service} with (force)`);
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

async function start(more: Record<string, string> = {}): Promise<Started> {
  const port = String(await freeRow());
  const env = { TESSERA_PORT: port, TESSERA_DATA: join(folder, port), TESSERA_JSON: "true", ...more };
  const child = spawn(process.execPath, [START], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const [line] = await Promise.race([once(lines, "line"), once(child, "exit").then(() => [""])]);
  const one = { child, addresses: line === "" ? {} : JSON.parse(line) };
  started.push(one);
  return one;
}

/** What openid-client finds out about a system, knowing its URL and nothing else. */
async function discovered(url: string) {
  const config = await client.discovery(new URL(url), "anybody", undefined, client.None(), {
    algorithm: "oauth2",
    execute: [client.allowInsecureRequests],
  });
  return config.serverMetadata();
}

/** The first of some ports in a row that nobody listens on. */
async function freeRow(): Promise<number> {
  for (let tries = 0; tries < 50; tries++) {
    const { gateway } = await freePorts();
    if (gateway > 65_000) continue;
    if ((await takenPorts(portsFrom(String(gateway)))).length === 0) return gateway;
  }
  throw new Error("no ports in a row are free");
}

test("two systems run side by side, one of them on a PostgreSQL of its own", {
  timeout: 180_000,
}, async () => {
  const one = await start();
  const two = await start({ TESSERA_POSTGRES: withDatabase(database.url, ABSENT) });
  for (const { addresses } of [one, two]) {
    const { port } = new URL(addresses.url as string);
    expect(addresses.task).toBe(`127.0.0.1:${Number(port) + 3}`);
    const anybody = restClient(addresses.url as string);
    const { status } = await anybody("POST", "sessions", { name: "mapper-1" });
    expect(status).toBe(201);
    const metadata = await discovered(addresses.url as string);
    expect(metadata.issuer).toBe(addresses.url);
    const { status: keysStatus } = await fetch(metadata.jwks_uri as string);
    expect(keysStatus).toBe(200);
  }
  const found = await database.sql<{ datname: string }[]>`
    select datname from pg_database where datname like ${ABSENT} || '%' order by datname`;
  expect(found.map(({ datname }) => datname)).toEqual(
    ["auth", "project", "task"].map((service) => `${ABSENT}_${service}`),
  );
});
