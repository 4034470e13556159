import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { testDatabase } from "@tessera/testing/database.ts";
import * as client from "openid-client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePorts, takenPorts } from "./ports.ts";
import { restClient } from "./rest-client.ts";
import { startArguments } from "./start-arguments.ts";

const START = fileURLToPath(new URL("./start.ts", import.meta.url));

test("what is asked for stands on the command line, then in the environment", () => {
  const env = { TESSERA_PORT: "9000", TESSERA_DATA: "elsewhere", TESSERA_JSON: "true" };
  expect(startArguments([], env)).toEqual({
    ports: { gateway: 9_000, auth: 9_001, project: 9_002, task: 9_003, keys: 9_004 },
    folder: "elsewhere",
    postgresUrl: undefined,
    isJson: true,
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

/** A system that was started by the command, and where it said that it is. */
interface Started {
  child: ChildProcess;
  addresses: Record<string, string>;
}

let folder: string;
let database: Awaited<ReturnType<typeof testDatabase>>;
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
  const [row] = await database.sql<{ name: string }[]>`select current_database() as name`;
  for (const service of ["auth", "project", "task"])
    await database.sql.unsafe(`drop database if exists ${row?.name}_${service} with (force)`);
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

async function start(...more: string[]): Promise<Started> {
  const port = String(await freeRow());
  const data = join(folder, port);
  const child = spawn(process.execPath, [START, "--port", port, "--data", data, "--json", ...more], {
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
    const row = [0, 1, 2, 3, 4].map((more) => gateway + more);
    const [first, auth, project, task, keys] = row as [number, number, number, number, number];
    if (keys > 65_535) continue;
    if ((await takenPorts({ gateway: first, auth, project, task, keys })).length === 0) return first;
  }
  throw new Error("no five ports in a row are free");
}

test("two systems run side by side, one of them on a PostgreSQL of its own", {
  timeout: 180_000,
}, async () => {
  const one = await start();
  const two = await start("--postgres", database.url);
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
    select datname from pg_database where datname like current_database() || '\\_%'`;
  expect(found.map(({ datname }) => datname.split("_").at(-1)).sort()).toEqual(["auth", "project", "task"]);
});
