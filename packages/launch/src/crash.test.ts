import { mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectPool } from "@tessera/postgres/pool.ts";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { freePorts } from "./ports.ts";
import { drill } from "./prove/drill.ts";
import { races } from "./prove/races.ts";
import { type System, startSystem } from "./system.ts";

const ROUNDS = 20;
const LEAST = 30;
const TAKEN_MAX_MS = 120_000;

let system: System;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "tessera-crash-"));
  const ports = await freePorts();
  const taken = createServer().listen(ports.gateway, "127.0.0.1");
  const starting = startSystem(folder, ports);
  const isRefused = async () => expect(await gatewayLog()).toContain("EADDRINUSE");
  await vi.waitFor(isRefused, { timeout: TAKEN_MAX_MS, interval: 50 });
  taken.close();
  system = await starting;
});
afterAll(async () => {
  await system?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const gatewayLog = () => readFile(join(folder, "gateway.log"), "utf8").catch(() => "");

test("a port that was taken for a moment delays the start and does not end it", async () => {
  expect(await gatewayLog()).toContain("EADDRINUSE");
  expect((await fetch(`${system.url}/health/ready`)).status).toBe(200);
});

test("of 32 who ask for a task at once through both doors, one gets it and all others hear who", async () => {
  const { rounds, broken } = await races(system, ROUNDS);
  expect({ rounds, broken }).toEqual({ rounds: ROUNDS, broken: [] });
});

test("what was acknowledged survives the end of the task service, PostgreSQL and the gateway", async () => {
  const run = await drill(system, ["task", "postgres", "gateway"], LEAST);
  expect(run.broken).toEqual([]);
  expect(run.acknowledged).toBeGreaterThanOrEqual(4 * LEAST);
  expect(run.streamBreaks).toBeGreaterThan(0);
});

test("a request that is not remembered in the transaction of its effect is found out", async () => {
  const sql = connectPool(system.databaseUrl("task"), { applicationName: "fault", waitMs: 10_000 });
  await sql.unsafe(`
    create function forget() returns trigger language plpgsql as $$ begin return null; end $$;
    create trigger forget before insert on remembered_requests
      for each row when (new.name like '%/submissions/%') execute function forget()`);
  const run = await drill(system, [], LEAST);
  await sql.unsafe("drop trigger forget on remembered_requests; drop function forget");
  await sql.end();
  expect(run.acknowledged).toBeGreaterThanOrEqual(LEAST);
  expect(run.broken.filter((it) => it.includes("not remembered"))).not.toEqual([]);
  expect(run.broken.filter((it) => it.includes("again by"))).not.toEqual([]);
});
