import { ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createProject, type Headers } from "../ground/world.ts";
import { type TestSystem, testSystem } from "../system.ts";

let system: TestSystem;
let admin: Headers;
let projectId: number;
let draftId: number;

beforeAll(async () => {
  system = await testSystem();
  admin = await system.signIn("administrator");
  projectId = await createProject(system, admin, {}, [ProjectStatus.PUBLISHED]);
  draftId = await createProject(system, admin, {}, []);
});
afterAll(() => system.stop());

const get = async (query: string, headers: Record<string, string> = {}) =>
  fetch(`${system.url}/v1/projects?${query}`, { headers });

test("what is found is a FeatureCollection of the points of projects", async () => {
  const response = await get("query=ground&with_total=true&facets=PROJECT_FACET_STATUS", {
    accept: "application/geo+json",
  });
  expect(response.headers.get("content-type")).toBe("application/geo+json");
  const collection = (await response.json()) as {
    features: { id: number; geometry: { type: string; coordinates: number[] }; properties: object }[];
  };
  expect(collection).toMatchObject({
    type: "FeatureCollection",
    total: { project_count: 1, has_more: false },
    facets: [{ counts: [{ value: "PROJECT_STATUS_PUBLISHED", project_count: 1 }] }],
  });
  const [feature] = collection.features;
  expect(feature).toMatchObject({
    id: projectId,
    geometry: { type: "Point" },
    properties: { name: "Ground" },
  });
});

test("what is found is a table, page by page", async () => {
  const first = await get("page_size=1&f=csv", admin.headers);
  const [names = "", row = ""] = (await first.text()).split("\r\n");
  expect(names).toMatch(/^project_id,name,/);
  expect(row).toMatch(new RegExp(`^${draftId},Ground,`));
  const next = /^<(.*)>; rel="next"$/.exec(first.headers.get("link") ?? "")?.[1];
  const second = await fetch(`${system.url}${next}`, admin);
  expect((await second.text()).split("\r\n")[1]).toMatch(new RegExp(`^${projectId},Ground,`));
  expect(second.headers.get("link")).toBe(`</v1/projects?page_size=1&f=csv>; rel="first"`);
});
