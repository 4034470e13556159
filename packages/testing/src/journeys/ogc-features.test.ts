import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Link, type OgcGround, ogcGround, read } from "../ground/ogc-ground.ts";
import { type TestSystem, testSystem } from "../system.ts";

const CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";
const OPENAPI = "application/vnd.oai.openapi+json;version=3.0";

let system: TestSystem;
let ground: OgcGround;
let tasks: string;

beforeAll(async () => {
  system = await testSystem();
  ground = await ogcGround(system);
  tasks = `/collections/project-${ground.land}-tasks/items`;
});
afterAll(() => system.stop());

const get = (path: string, headers: Record<string, string> = {}) => read(ground, path, headers);
const linksTo = (links: Link[], rel: string) => links.filter((it) => it.rel === rel);

// The titles are the requirements of OGC 17-069r4, OGC API - Features - Part 1: Core.
describe("Core", () => {
  test("/req/core/root-success: the landing page links to the API, its conformance and the collections", async () => {
    for (const path of ["", "/"]) {
      const { status, json, headers } = await get(path);
      expect([status, headers.get("content-type")]).toEqual([200, "application/json"]);
      expect(linksTo(json.links, "service-desc")).toMatchObject([
        { href: `${system.url}/ogc/api`, type: OPENAPI },
      ]);
      expect(linksTo(json.links, "conformance")).toMatchObject([{ href: `${system.url}/ogc/conformance` }]);
      expect(linksTo(json.links, "data")).toMatchObject([{ href: `${system.url}/ogc/collections` }]);
    }
  });

  test("/rec/core/link-header and /req/core/root-success: every link has a type, and leads somewhere", async () => {
    const pages = [
      "",
      "/collections",
      `/collections/project-${ground.land}-tasks`,
      `${tasks}?limit=2`,
      `${tasks}/3`,
    ];
    for (const path of pages) {
      const { json } = await get(path);
      const links = [...json.links, ...(json.collections ?? []).flatMap((it: { links: Link[] }) => it.links)];
      for (const { href, type } of links as Link[]) {
        const linked = await get(href, { accept: type });
        expect([href, linked.status]).toEqual([href, 200]);
        expect(linked.headers.get("content-type")).toBe(type);
      }
    }
  });

  test("/req/core/api-definition-success: the definition is OpenAPI 3.0, by its media type or as JSON", async () => {
    const plain = await get("/api", { accept: "application/json" });
    expect(plain.headers.get("content-type")).toBe("application/json");
    const { json, headers } = await get("/api", { accept: `${OPENAPI}, application/json` });
    expect(headers.get("content-type")).toBe(OPENAPI);
    expect(json.openapi).toBe("3.0.3");
    expect(json).toEqual(plain.json);
  });

  test("/req/core/conformance-success: it says which standards it implements", async () => {
    const { json } = await get("/conformance");
    const classes = ["core", "geojson", "oas30"];
    expect(json.conformsTo).toEqual(
      classes.map((it) => `http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/${it}`),
    );
  });

  test("/req/core/http: HEAD, OPTIONS, and 405 with what is allowed", async () => {
    const whole = await get(tasks);
    const head = await read(ground, tasks, {}, "HEAD");
    expect([head.status, head.text]).toEqual([200, ""]);
    expect(head.headers.get("etag")).toBe(whole.headers.get("etag"));
    const options = await read(ground, tasks, {}, "OPTIONS");
    expect([options.status, options.headers.get("allow")]).toEqual([204, "GET, HEAD, OPTIONS"]);
    const post = await read(ground, tasks, {}, "POST");
    expect([post.status, post.headers.get("allow"), post.json.reason]).toEqual([
      405,
      "GET, HEAD, OPTIONS",
      "METHOD_NOT_ALLOWED",
    ]);
  });

  test("/req/core/query-param-unknown: a parameter that is none is 400, on every resource", async () => {
    const paths = ["", "/api", "/conformance", "/collections", "/collections/projects", tasks, `${tasks}/3`];
    for (const path of paths) {
      const { status, json, headers } = await get(`${path}?stat=MAPPED`);
      expect([path, status, json.errors[0].parameter]).toEqual([path, 400, "stat"]);
      expect(headers.get("content-type")).toBe("application/problem+json");
    }
    const { json } = await get(`${tasks}?stat=MAPPED`);
    expect(json.detail).toBe('stat: is not a parameter here: do you mean "state"?');
  });

  test.each([
    ["limit=0", "limit"],
    ["limit=-1", "limit"],
    ["limit=many", "limit"],
    ["limit=1&limit=2", "limit"],
    ["bbox=1,2,3", "bbox"],
    ["bbox=1,2,3,4,5", "bbox"],
    ["bbox=1,2,3,north", "bbox"],
    ["bbox=0,10,10,0", "bbox"],
    ["bbox=0,0,181,10", "bbox"],
    ["bbox=0,-91,10,10", "bbox"],
    ["datetime=yesterday", "datetime"],
    ["datetime=2026-02-30T00:00:00Z", "datetime"],
    ["datetime=2026-01-02/2026-01-01", "datetime"],
    ["datetime=2026-01-01/2026-01-02/2026-01-03", "datetime"],
    ["state=MAPED", "state"],
    ["task_id=three", "task_id"],
    ["task_id=0", "task_id"],
    ["priority=101", "priority"],
    ["outside_area=perhaps", "outside_area"],
    ["lock.holder_user_id=me", "lock.holder_user_id"],
    ["f=shape", "f"],
  ])("/req/core/query-param-invalid: %s is 400", async (query, parameter) => {
    const { status, json } = await get(`${tasks}?${query}`);
    expect([status, json.errors?.[0].parameter]).toEqual([400, parameter]);
  });

  test("/req/core/fc-md-success: the collections are the projects, and the tasks of each that the caller sees", async () => {
    const listed = async (headers = {}) =>
      (await get("/collections", headers)).json.collections.map(({ id }: { id: string }) => id);
    const seen = ["projects", `project-${ground.island}-tasks`, `project-${ground.land}-tasks`];
    expect(await listed()).toEqual(seen);
    expect(await listed(ground.mapper)).toEqual(seen);
    expect(await listed(ground.admin)).toEqual([
      "projects",
      `project-${ground.draft}-tasks`,
      ...seen.slice(1),
    ]);
  });

  test("the list of collections comes in pages; each collection is there by its id", async () => {
    const found: string[] = [];
    for (let next: string | undefined = "/collections?limit=1"; next !== undefined; ) {
      const { json } = await get(next);
      found.push(...json.collections.map(({ id }: { id: string }) => id));
      next = linksTo(json.links, "next")[0]?.href;
    }
    expect(found).toEqual(["projects", `project-${ground.island}-tasks`, `project-${ground.land}-tasks`]);
    for (const id of found) expect((await get(`/collections/${id}`)).json.id).toBe(id);
  });

  test("/req/core/fc-md-items-links, sfc-md-success: a collection has its title, extent, reference system and links", async () => {
    const id = `project-${ground.land}-tasks`;
    const { json } = await get(`/collections/${id}`);
    expect(json).toMatchObject({ id, title: "Tasks of Land", itemType: "feature", crs: [CRS84] });
    expect(json.extent.spatial).toEqual({ bbox: [[10, 10, 10.5, 10.5]], crs: CRS84 });
    const items = `${system.url}/ogc${tasks}`;
    expect(linksTo(json.links, "items")).toMatchObject([{ href: items, type: "application/geo+json" }]);
    const { collections } = (await get("/collections")).json;
    expect(collections).toContainEqual(json);
  });

  test.each([
    "nothing",
    "project-x-tasks",
    "project-0-tasks",
    "project-07-tasks",
    "project-999999-tasks",
    "project--tasks",
  ])("/req/core/sfc-md-op: there is no collection %s", async (id) => {
    for (const below of ["", "/items", "/items/1", "/schema"])
      expect((await get(`/collections/${id}${below}`)).status).toBe(404);
  });

  test("a collection of what the caller may not see is not found", async () => {
    for (const below of ["", "/items", "/items/1", "/schema"]) {
      const path = `/collections/project-${ground.draft}-tasks${below}`;
      expect((await get(path)).status).toBe(404);
      expect((await get(path, ground.admin)).status).toBe(200);
    }
    expect((await get(tasks, { authorization: "Bearer nobody" })).status).toBe(401);
  });
});
