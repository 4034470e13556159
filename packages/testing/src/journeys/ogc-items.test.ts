import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type Feature,
  type Features,
  type OgcGround,
  ogcGround,
  read,
  readAll,
} from "../ground/ogc-ground.ts";
import { type TestSystem, testSystem } from "../system.ts";

const CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";

let system: TestSystem;
let ground: OgcGround;
let tasks: string;

beforeAll(async () => {
  system = await testSystem();
  ground = await ogcGround(system);
  tasks = `/collections/project-${ground.land}-tasks/items`;
});
afterAll(() => system.stop());

interface Parameter {
  $ref?: string;
  name: string;
  in: string;
  schema: { type: string; example?: string };
}
interface Operation {
  operationId: string;
  parameters?: Parameter[];
}

const get = (path: string, headers: Record<string, string> = {}) => read(ground, path, headers);
const ids = ({ features }: Features) => features.map(({ id }) => id);

// The titles are the requirements of OGC 17-069r4, OGC API - Features - Part 1: Core.
describe("Features", () => {
  test("/req/core/fc-response, /req/geojson/content: features say how many they are, where and when", async () => {
    const { json, headers } = await get(`${tasks}?limit=5`);
    expect(headers.get("content-type")).toBe("application/geo+json");
    expect(headers.get("content-crs")).toBe(`<${CRS84}>`);
    const all = await readAll(ground, tasks);
    expect(json).toMatchObject({ type: "FeatureCollection", numberMatched: all.length, numberReturned: 5 });
    expect(Date.parse(json.timeStamp)).not.toBeNaN();
    for (const { type, geometry, properties, id } of json.features as Feature[]) {
      expect([type, geometry.type, properties.task_id]).toEqual(["Feature", "MultiPolygon", id]);
      const [[longitude = 0, latitude = 0] = []] = geometry.coordinates[0]?.[0] ?? [];
      expect([longitude >= 10 && longitude <= 10.5, latitude >= 10 && latitude <= 10.5]).toEqual([
        true,
        true,
      ]);
    }
  });

  test("what a feature holds is flat: a lock's fields are properties, and what is absent is absent", async () => {
    const [one, , three] = (await get(tasks)).json.features as Feature[];
    expect(Object.keys(one?.properties ?? {}).filter((it) => it.startsWith("lock."))).toEqual([]);
    expect(three?.properties).toMatchObject({ "lock.purpose": "LOCK_PURPOSE_MAPPING", "lock.task_id": 3 });
    for (const value of Object.values(three?.properties ?? {})) expect(typeof value).not.toBe("object");
  });

  test("/req/core/fc-limit-response-1: a page has at most that many, and next links lead to all, each once", async () => {
    const all = (await get(`${tasks}?limit=10000`)).json as Features;
    for (const limit of [1, 7, all.features.length]) {
      const first = (await get(`${tasks}?limit=${limit}`)).json as Features;
      expect(first.numberReturned).toBe(Math.min(limit, all.numberReturned));
      const found = await readAll(ground, `${tasks}?limit=${Math.max(limit, 5)}`);
      expect(found.map(({ id }) => id)).toEqual(ids(all));
    }
  });

  test("/per/core/fc-limit-response-1: a limit above the largest is reduced, and no error", async () => {
    expect((await get(`${tasks}?limit=99999999999999999999`)).status).toBe(200);
  });

  test("/req/core/fc-bbox-response: features that touch the box, of four numbers or of six", async () => {
    const all = await readAll(ground, tasks);
    const [west, south, east, north] = [10.1, 10.1, 10.2, 10.2];
    const touching = all.filter(({ geometry }) => {
      const ring = geometry.coordinates.flat(2) as unknown as number[][];
      const [xs, ys] = [ring.map(([x = 0]) => x), ring.map(([, y = 0]) => y)];
      return (
        Math.min(...xs) <= east &&
        Math.max(...xs) >= west &&
        Math.min(...ys) <= north &&
        Math.max(...ys) >= south
      );
    });
    expect(touching.length).toBeGreaterThan(1);
    expect(touching.length).toBeLessThan(all.length);
    for (const box of [`${west},${south},${east},${north}`, `${west},${south},-5,${east},${north},1e3`])
      expect(ids((await get(`${tasks}?bbox=${box}`)).json)).toEqual(touching.map(({ id }) => id));
    expect((await get(`${tasks}?bbox=-20,-20,-10,-10`)).json).toMatchObject({
      numberMatched: 0,
      features: [],
    });
  });

  test("/req/core/fc-bbox-response: a box may cross 180°", async () => {
    const path = `/collections/project-${ground.island}-tasks`;
    expect((await get(path)).json.extent.spatial.bbox).toEqual([[179.75, -17, -179.75, -16.75]]);
    const found = async (box: string) => ids((await get(`${path}/items?bbox=${box}`)).json);
    expect(await found("179.9,-17,-179.9,-16")).toEqual([1, 2]);
    expect(await found("179.9,-17,180,-16")).toEqual([1]);
    expect(await found("-180,-17,-179.9,-16")).toEqual([2]);
    const projects = async (box: string) => ids((await get(`/collections/projects/items?bbox=${box}`)).json);
    expect(await projects("179.9,-20,-179.9,0")).toEqual([ground.island]);
    expect(await projects("9,9,11,11")).toEqual([ground.land]);
  });

  test("/req/core/fc-time-response: features that were last changed then; intervals include their ends", async () => {
    const all = await readAll(ground, tasks);
    const times = all.map(({ properties }) => String(properties.update_time)).sort();
    const [first = "", last = ""] = [times[0], times.at(-1)];
    const within = (from: string, to: string) =>
      all
        .filter(({ properties: { update_time: it } }) => String(it) >= from && String(it) <= to)
        .map(({ id }) => id);
    const found = async (datetime: string) =>
      (await readAll(ground, `${tasks}?datetime=${encodeURIComponent(datetime)}`)).map(({ id }) => id);
    expect(await found(last)).toEqual(within(last, last));
    expect(await found(`${last}/..`)).toEqual([3]);
    expect(await found(`${last}/`)).toEqual([3]);
    expect(await found(`../${first}`)).toEqual(within(first, first));
    expect(await found(`/${last}`)).toEqual(within(first, last));
    expect(await found(`${first}/${last}`)).toEqual(within(first, last));
    expect(await found("2020-01-01/2020-12-31")).toEqual([]);
    expect(await found(`${first.slice(0, 10)}T/..`)).toEqual(within(first, last));
    expect(await found("../..")).toEqual(within(first, last));
  });

  test("/rec/core/fc-filters: properties select, by texts, numbers, true and false, alone and together", async () => {
    const count = async (query: string) => (await get(`${tasks}?${query}`)).json.numberMatched;
    const all = (await readAll(ground, tasks)).length;
    expect(await count("state=READY")).toBe(all);
    expect(await count("state=TASK_STATE_READY&priority=0")).toBe(all);
    expect(await count("state=mapped")).toBe(0);
    expect(await count("task_id=3")).toBe(1);
    expect(await count("outside_area=false")).toBe(all);
    expect(await count("outside_area=0")).toBe(all);
    expect(await count("outside_area=1")).toBe(0);
    const [locked] = (await get(`${tasks}?task_id=3`)).json.features as Feature[];
    const holder = locked?.properties["lock.holder_user_id"];
    expect(ids((await get(`${tasks}?lock.holder_user_id=${holder}`)).json)).toEqual([3]);
    expect(ids((await get("/collections/projects/items?status=PUBLISHED")).json)).toEqual([
      ground.island,
      ground.land,
    ]);
  });

  test("/req/core/f-success, f-links: one feature is as it is among the items, with links", async () => {
    const { json, headers } = await get(`${tasks}/3`);
    const [listed] = (await get(`${tasks}?task_id=3`)).json.features as Feature[];
    const { links, ...feature } = json as Feature;
    expect(feature).toEqual(listed);
    const collection = `${system.url}/ogc/collections/project-${ground.land}-tasks`;
    expect(links).toMatchObject([
      { rel: "self", href: `${collection}/items/3` },
      { rel: "collection", href: collection },
    ]);
    expect(headers.get("content-type")).toBe("application/geo+json");
    const project = (await get(`/collections/projects/items/${ground.land}`)).json as Feature;
    const [row] = (await get("/collections/projects/items?bbox=10,10,11,11")).json.features as Feature[];
    expect({ ...project, links: undefined }).toEqual({ ...row, links: undefined });
    expect(project.geometry.type).toBe("Point");
  });

  test.each(["999999", "0", "x", "3/lock", "%ff", ""])("there is no feature %s", async (id) => {
    expect((await get(`${tasks}/${id}`)).status).toBe(404);
  });

  test("what is unchanged is 304, and what changed is not", async () => {
    const task = `/collections/project-${ground.island}-tasks/items`;
    for (const path of ["", "/collections", "/api", task, `${task}/1`, "/collections/projects/items"]) {
      const tag = (await get(path)).headers.get("etag") ?? "";
      expect((await get(path, { "if-none-match": tag })).status).toBe(304);
      expect((await get(path, { "if-none-match": '"other-ogc"' })).status).toBe(200);
    }
    const project = `/collections/projects/items/${ground.island}`;
    const before = (await get(project, ground.admin)).headers.get("etag") ?? "";
    await ground.send("PUT", `users/me/favourites/${ground.island}`, {});
    expect((await get(project, { ...ground.admin, "if-none-match": before })).status).toBe(200);
    const tag = (await get(task)).headers.get("etag") ?? "";
    await ground.send("PUT", `projects/${ground.island}/tasks/2/lock`, { purpose: "LOCK_PURPOSE_MAPPING" });
    expect((await get(task, { "if-none-match": tag })).status).toBe(200);
  });

  test("features are offered as GeoJSON or JSON, and as nothing else", async () => {
    const types = async (accept: string) => (await get(tasks, { accept })).headers.get("content-type");
    expect(await types("application/json")).toBe("application/json");
    expect(await types("text/html,*/*;q=0.8")).toBe("application/geo+json");
    expect((await get(tasks, { accept: "application/gml+xml" })).status).toBe(406);
    expect((await get(`${tasks}?f=json`)).headers.get("content-type")).toBe("application/json");
  });
});

describe("OpenAPI 3.0", () => {
  test("/req/oas30/oas-definition-1: every reference leads somewhere, every parameter of a path is described", async () => {
    const { json } = await get("/api");
    const at = (pointer: string) =>
      pointer
        .slice(2)
        .split("/")
        .reduce((it, name) => it?.[name.replaceAll("~1", "/")], json);
    for (const [, pointer = ""] of JSON.stringify(json).matchAll(/"\$ref":"([^"]+)"/g))
      expect([pointer, at(pointer) !== undefined]).toEqual([pointer, true]);
    const operationIds: string[] = [];
    for (const [path, { get: operation }] of Object.entries<{ get: Operation }>(json.paths)) {
      operationIds.push(operation.operationId);
      const described = (operation.parameters ?? []).map((it: Parameter) => (it.$ref ? at(it.$ref) : it));
      const inPath = described.filter((it: Parameter) => it.in === "path").map((it: Parameter) => it.name);
      expect(inPath).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
    }
    expect(new Set(operationIds).size).toBe(operationIds.length);
  });

  test("/req/core/fc-limit-definition, fc-bbox-definition, fc-time-definition: each parameter that is described is taken", async () => {
    const { json } = await get("/api");
    const described = json.paths["/collections/{collectionId}/items"].get.parameters
      .map((it: Parameter) =>
        it.$ref ? json.components.parameters[it.$ref.split("/").at(-1) as string] : it,
      )
      .filter((it: Parameter) => it.in === "query");
    const names = described.map(({ name }: { name: string }) => name);
    expect(names).toEqual(
      expect.arrayContaining(["limit", "bbox", "datetime", "state", "task_id", "page_token"]),
    );
    const values: Record<string, string> = { bbox: "0,0,1,1", datetime: "2026-01-01", page_token: "" };
    for (const { name, schema } of described) {
      const value = values[name] ?? schema.example ?? (schema.type === "boolean" ? "true" : "1");
      expect([name, (await get(`${tasks}?${name}=${value}`)).status]).toEqual([name, 200]);
    }
  });

  test("the schema of a collection has every property that its features have", async () => {
    for (const id of ["projects", `project-${ground.land}-tasks`]) {
      const { json, headers } = await get(`/collections/${id}/schema`);
      expect(headers.get("content-type")).toBe("application/schema+json");
      const known = Object.keys(json.properties.properties.properties);
      for (const { properties } of await readAll(ground, `/collections/${id}/items`))
        expect(known).toEqual(expect.arrayContaining(Object.keys(properties)));
    }
  });
});
