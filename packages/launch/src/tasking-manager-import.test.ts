import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePorts } from "./ports.ts";
import { restClient } from "./rest-client.ts";
import { type System, startSystem } from "./system.ts";
import { importTaskingManager } from "./tasking-manager-import.ts";

let system: System;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "tessera-import-"));
  system = await startSystem(folder, await freePorts());
});
afterAll(async () => {
  await system?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A square of a tenth of a degree, as GeoJSON. */
const square = (west: number) => ({
  type: "Polygon",
  coordinates: [
    [
      [west, 10],
      [west + 0.1, 10],
      [west + 0.1, 10.1],
      [west, 10.1],
      [west, 10],
    ],
  ],
});
const WESTS = [10, 10.5, 11];
const PROJECT = JSON.stringify({
  projectId: 4210,
  areaOfInterest: { type: "MultiPolygon", coordinates: WESTS.map((west) => square(west).coordinates) },
  defaultLocale: "en",
  projectInfo: { locale: "en", name: "Volcán" },
  organisationName: "Nobody known here",
});
const tasksOf = (wests: number[]) =>
  JSON.stringify({
    type: "FeatureCollection",
    features: wests
      .map((west, index) => ({ type: "Feature", geometry: square(west), properties: { taskId: index + 1 } }))
      .reverse(),
  });

test("a project is taken over with its tasks, in their order; a second run continues where the first stopped", async () => {
  const { body } = await restClient(system.url)<{ access_token: string }>("POST", "sessions", {
    name: "administrator",
  });
  const client = restClient(system.url, body.access_token);
  const take = (tasks: string) => importTaskingManager(client, "tasks.example.org", PROJECT, tasks);
  const first = await take(tasksOf([]));
  expect(first).toMatchObject({
    tasks: 0,
    skipped: [{ field: "projectId" }, { field: "organisation_name" }],
  });
  const { projectId } = first;
  expect(await take(tasksOf(WESTS))).toMatchObject({ projectId, tasks: 3 });
  expect(await take(tasksOf(WESTS))).toMatchObject({ projectId, tasks: 0 });
  for (const [index, west] of WESTS.entries()) {
    const { body: task } = await client<object>("GET", `projects/${projectId}/tasks/${index + 1}`);
    expect(JSON.stringify(task)).toContain(`[${west},10]`);
  }
});
