import { createClient } from "@connectrpc/connect";
import { VectorTile } from "@mapbox/vector-tile";
import { validateStyleMin } from "@maplibre/maplibre-gl-style-spec";
import { ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { ProjectTileService } from "@tessera/contracts/tessera/project/v1/project_tile_service_pb.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { TaskTileService } from "@tessera/contracts/tessera/task/v1/task_tile_service_pb.ts";
import { PbfReader } from "pbf";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startBrowser, type TestBrowser } from "../browser.ts";
import { requestId } from "../ground/door.ts";
import { type MapPages, mapPages, rendered } from "../ground/map-page.ts";
import { createProject, type Headers, type World, world } from "../ground/world.ts";
import { type TestSystem, testSystem } from "../system.ts";

const MVT = "application/vnd.mapbox-vector-tile";
/** The tile that has the tasks of every test project. */
const CORNER = { zoom: 9, x: 270, y: 241 };

let system: TestSystem;
let ground: World;
let draftId: number;
let pages: MapPages;
let browser: TestBrowser;
let mapper: Headers;

beforeAll(async () => {
  system = await testSystem({ CORS_ORIGINS: "*" });
  ground = await world(system);
  mapper = await ground.newMapper();
  draftId = await createProject(system, ground.admin, {}, [ProjectStatus.DRAFT].slice(1));
  pages = await mapPages();
  browser = await startBrowser();
});
afterAll(async () => {
  await browser?.stop();
  pages?.stop();
  await system.stop();
});

const get = (path: string, init: RequestInit = {}) => fetch(`${system.url}${path}`, init);
const tasksOf = (projectId: number) => `/v1/projects/${projectId}/tasks/tiles`;
const tileOf = (projectId: number) => `${tasksOf(projectId)}/${CORNER.zoom}/${CORNER.x}/${CORNER.y}`;

async function decoded(response: Response) {
  expect(response.status).toBe(200);
  const { layers } = new VectorTile(new PbfReader(Buffer.from(await response.arrayBuffer())));
  return Object.fromEntries(
    Object.entries(layers).map(([name, layer]) => [
      name,
      Array.from({ length: layer.length }, (_, at) => ({ ...layer.feature(at).properties })),
    ]),
  );
}

describe("over HTTP", () => {
  test("a tile is what its media type says, and is not sent again while it is as it was", async () => {
    const path = tileOf(ground.projects.published);
    const first = await get(path);
    expect(first.headers.get("content-type")).toBe(MVT);
    expect(first.headers.get("cache-control")).toBe("public, no-cache");
    const { tasks } = await decoded(first);
    expect(tasks?.length).toBeGreaterThan(10);
    const etag = first.headers.get("etag") as string;
    expect(etag).toMatch(/^"[0-9a-f]{32}-mvt/);
    for (const tag of [etag, `W/${etag}`, `"other", ${etag}`]) {
      const again = await get(path, { headers: { "if-none-match": tag } });
      expect([tag, again.status, await again.text()]).toEqual([tag, 304, ""]);
      expect(again.headers.get("etag")).toBe(etag);
    }
    const head = await get(path, { method: "HEAD", headers: { "accept-encoding": "identity" } });
    expect(Number(head.headers.get("content-length"))).toBeGreaterThan(1_000);
  });

  test("a tile is compressed where the client accepts that", async () => {
    const path = tileOf(ground.projects.published);
    const lengthOf = async (coding: string) => {
      const response = await get(path, { method: "HEAD", headers: { "accept-encoding": coding } });
      return {
        coding: response.headers.get("content-encoding"),
        bytes: Number(response.headers.get("content-length")),
      };
    };
    const plain = await lengthOf("identity");
    const small = await lengthOf("gzip");
    expect([plain.coding, small.coding]).toEqual([null, "gzip"]);
    expect(small.bytes).toBeLessThan(plain.bytes / 2);
  });

  test("a lock is in the next tile, and no name is in any", async () => {
    const path = tileOf(ground.projects.published);
    const etag = (await get(path)).headers.get("etag") as string;
    const taskId = ground.newTask();
    await ground.lock(taskId, mapper);
    const { tasks } = await decoded(await get(path, { headers: { "if-none-match": etag } }));
    const task = tasks?.find((it) => it.task_id === taskId);
    expect(Object.keys(task ?? {}).sort()).toEqual([
      "lock_expire_time",
      "lock_purpose",
      "priority",
      "revision",
      "state",
      "task_id",
    ]);
    await system.task.releaseLock(
      { requestId: requestId(), projectId: ground.projects.published, taskId },
      mapper,
    );
  });

  test("both doors give the same bytes", async () => {
    const projectId = ground.projects.published;
    const { tile } = await createClient(TaskTileService, system.connections.task).getTaskTile({
      projectId,
      ...CORNER,
    });
    expect(Buffer.from(await (await get(tileOf(projectId))).arrayBuffer()).equals(tile)).toBe(true);
    const all = createClient(ProjectTileService, system.connections.project);
    const { tile: projects } = await all.getProjectTile({ zoom: 0, x: 0, y: 0 });
    expect(Buffer.from(await (await get("/v1/projects/tiles/0/0/0")).arrayBuffer()).equals(projects)).toBe(
      true,
    );
  });

  test("where nothing is, a tile is 200 without a byte", async () => {
    for (const path of [`${tasksOf(ground.projects.published)}/3/0/0`, "/v1/projects/tiles/3/0/0"]) {
      const response = await get(path);
      expect([response.status, response.headers.get("content-length"), await response.text()]).toEqual([
        200,
        "0",
        "",
      ]);
      expect(response.headers.get("etag")).not.toBeNull();
    }
  });

  test("a tile that does not exist is refused by the name of its number", async () => {
    for (const [path, name] of [
      ["23/0/0", "zoom"],
      ["2/4/0", "x"],
      ["2/0/4", "y"],
      ["2/-1/0", "x"],
      ["a/0/0", "zoom"],
    ]) {
      for (const tiles of [tasksOf(ground.projects.published), "/v1/projects/tiles"]) {
        const response = await get(`${tiles}/${path}`);
        const { errors } = (await response.json()) as { errors: { parameter?: string; pointer?: string }[] };
        const named = errors.map(({ parameter, pointer }) => parameter ?? pointer);
        expect([tiles, path, response.status < 500, named]).toEqual([
          tiles,
          path,
          true,
          [expect.stringMatching(new RegExp(`^/?${name}$`))],
        ]);
      }
    }
    expect((await get(tileOf(ground.projects.published), { headers: { accept: "image/png" } })).status).toBe(
      406,
    );
    expect((await get(`${tileOf(ground.projects.published)}?public_url=http://evil`)).status).toBe(422);
    expect((await get(`${tasksOf(ground.projects.published)}?public_url=http://evil`)).status).toBe(422);
  });

  test("a project that is not public is on the maps of those who may see it alone", async () => {
    for (const path of [tileOf(draftId), tasksOf(draftId), `${tasksOf(draftId)}/style`]) {
      expect([path, (await get(path)).status]).toEqual([path, 404]);
      const seen = await get(path, ground.admin);
      expect([path, seen.status, seen.headers.get("cache-control")]).toEqual([
        path,
        200,
        "private, no-cache",
      ]);
    }
    const ids = async (init: RequestInit) => {
      const { projects = [], points = [] } = await decoded(
        await get(`/v1/projects/tiles/${CORNER.zoom}/${CORNER.x}/${CORNER.y}`, init),
      );
      return [...projects, ...points].map((it) => it.project_id);
    };
    expect(await ids({})).toContain(ground.projects.published);
    expect(await ids({})).not.toContain(draftId);
    expect(await ids(mapper)).not.toContain(draftId);
    expect(await ids(ground.admin)).toContain(draftId);
  });

  test("a project is an outline where it is large, and a point or one of several where it is small", async () => {
    const at = (zoom: number, x: number, y: number) =>
      get(`/v1/projects/tiles/${zoom}/${x}/${y}`).then(decoded);
    const { points, ...others } = await at(0, 0, 0);
    expect(others).toEqual({});
    const [together] = points ?? [];
    expect(together).toMatchObject({ status: "PROJECT_STATUS_PUBLISHED" });
    expect(together?.project_count).toBeGreaterThan(1);
    const { projects } = await at(CORNER.zoom, CORNER.x, CORNER.y);
    expect(projects?.find((it) => it.project_id === ground.projects.published)).toMatchObject({
      name: "Ground",
      status: "PROJECT_STATUS_PUBLISHED",
      priority: "PROJECT_PRIORITY_MEDIUM",
      difficulty: "PROJECT_DIFFICULTY_EASY",
    });
  });
});

describe("documents for maps", () => {
  const both = () => [tasksOf(ground.projects.published), "/v1/projects/tiles"];

  test("TileJSON 3.0 names its tiles by whole URLs, and its layers with their attributes", async () => {
    for (const path of both()) {
      const response = await get(path);
      expect(response.headers.get("content-type")).toBe("application/json");
      const document = (await response.json()) as TileJson;
      expect(document).toMatchObject({
        tilejson: "3.0.0",
        tiles: [`${system.url}${path}/{z}/{x}/{y}`],
        minzoom: 0,
        maxzoom: expect.any(Number),
        bounds: [expect.any(Number), expect.any(Number), expect.any(Number), expect.any(Number)],
      });
      const url = document.tiles[0]
        ?.replace("{z}", "9")
        .replace("{x}", "270")
        .replace("{y}", "241") as string;
      const layers = await decoded(await fetch(url));
      for (const [name, features] of Object.entries(layers)) {
        const described = document.vector_layers.find(({ id }) => id === name);
        const fields = Object.keys(described?.fields ?? {});
        expect(fields).toEqual(expect.arrayContaining(features.flatMap((it) => Object.keys(it))));
      }
    }
    const { bounds } = (await (await get(tasksOf(ground.projects.published))).json()) as TileJson;
    expect(bounds.map((it) => Math.round(it * 1e5) / 1e5)).toEqual([10, 10, 10.5, 10.5]);
  });

  test("a style is valid, and asks nobody else for anything", async () => {
    for (const path of both()) {
      const text = await (await get(`${path}/style`)).text();
      const style = JSON.parse(text);
      expect(validateStyleMin(style).map(({ message }) => message)).toEqual([]);
      expect(text.match(/https?:\/\/[^"]*/g)).toEqual([`${system.url}${path}`]);
      expect(style).not.toHaveProperty("glyphs");
      expect(style).not.toHaveProperty("sprite");
    }
  });
});

interface TileJson {
  tiles: string[];
  bounds: number[];
  vector_layers: { id: string; fields: Record<string, string> }[];
}

describe("in a browser", () => {
  test("maplibre draws the tasks of a project from its style alone, and what an event says counts at once", async () => {
    const { page, errors, origins } = await browser.open();
    const projectId = ground.projects.published;
    await pages.show(page, `${system.url}${tasksOf(projectId)}/style`, {});
    const tasks = await rendered(page, "tasks");
    expect(tasks.length).toBeGreaterThan(10);
    expect(tasks.every(({ id, properties }) => id === properties.task_id)).toBe(true);
    expect([errors(), origins().length]).toEqual([[], 2]);

    // As docs/recipes/web-map.md has it.
    const taskId = ground.newTask();
    await page.evaluate(`new Promise((resolve) => {
      const events = new EventSource("${system.url}/v1/projects/${projectId}/task-events");
      window.heard = new Promise((hear) => {
        events.onmessage = ({ data }) => {
          const { task_id, kind, to_state, lock } = JSON.parse(data).event ?? {};
          if (!task_id) return;
          const task = { source: "tasks", sourceLayer: "tasks", id: task_id };
          if (to_state) map.setFeatureState(task, { state: to_state });
          const isHeld = /_(LOCKED|LOCK_EXTENDED)$/.test(kind);
          if (lock) map.setFeatureState(task, { lock_purpose: isHeld ? lock.purpose : "" });
          if (task_id === ${taskId} && isHeld) hear();
        };
      });
      events.onopen = resolve;
    })`);
    await system.task.lockTask(
      { requestId: requestId(), projectId, taskId, purpose: LockPurpose.MAPPING },
      await ground.newMapper(),
    );
    await page.evaluate("window.heard");
    const locked = (await rendered(page, "tasks")).find(({ id }) => id === taskId);
    expect(locked?.state).toEqual({ state: "TASK_STATE_READY", lock_purpose: "LOCK_PURPOSE_MAPPING" });
    expect(locked?.properties).not.toHaveProperty("lock_purpose");
    await Promise.all([page.waitForResponse(/\/tiles\//), page.evaluate(`map.refreshTiles("tasks")`)]);
  });

  test("maplibre draws projects as points far out and as outlines further in", async () => {
    const { page, errors } = await browser.open();
    const style = `${system.url}/v1/projects/tiles/style`;
    await pages.show(page, style, { center: [10.2, 10.2], zoom: 2 });
    expect((await rendered(page, "points")).length).toBeGreaterThan(0);
    await pages.show(page, style, { center: [10.2, 10.2], zoom: 8 });
    const outlines = await rendered(page, "projects");
    expect(outlines.map(({ id }) => id)).toContain(ground.projects.published);
    expect(errors()).toEqual([]);
  });
});
