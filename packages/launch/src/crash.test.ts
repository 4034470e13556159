import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePorts } from "./ports.ts";
import { drill } from "./prove/drill.ts";
import { races } from "./prove/races.ts";
import { type System, startSystem } from "./system.ts";

const ROUNDS = 20;
const LEAST = 30;

let system: System;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "tessera-crash-"));
  system = await startSystem(folder, await freePorts());
});
afterAll(async () => {
  await system?.stop();
  rmSync(folder, { recursive: true, force: true });
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
