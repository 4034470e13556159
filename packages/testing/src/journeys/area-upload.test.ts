import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { tokenOf } from "../ground/world.ts";
import { type TestSystem, testSystem } from "../system.ts";

let system: TestSystem;
let token: string;

beforeAll(async () => {
  system = await testSystem();
  token = tokenOf(await system.signIn("administrator"));
});

beforeEach(() => system.databases.project.sql`delete from area_uploads`.execute());
afterAll(() => system.stop());

const KML = `<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><Polygon><outerBoundaryIs><LinearRing><coordinates>
  10,20,0 10.2,20,0 10.2,20.2,0 10,20.2,0 10,20,0
</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark></kml>`;

async function ask(method: string, path: string, init: RequestInit = {}) {
  const headers = { authorization: `Bearer ${token}`, ...(init.headers as Record<string, string>) };
  const response = await fetch(`${system.url}/v1/${path}`, { method, ...init, headers });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === "" ? undefined : JSON.parse(text),
  };
}

test("a coordinator uploads a file, reads the result, creates a project from it and changes its area", async () => {
  const form = new FormData();
  form.append("file", new Blob([KML], { type: "application/vnd.google-earth.kml+xml" }), "county.kml");
  const sent = await ask("POST", "area-uploads", { body: form });
  expect(sent.status).toBe(201);
  expect(sent.body).toMatchObject({
    format: "AREA_FORMAT_KML",
    file_name: "county.kml",
    vertex_count: 4,
    notes: ["heights-dropped"],
    faults: [],
    countries: ["NE"],
  });
  const path = sent.headers.get("location")?.replace("/v1/", "") ?? "";
  const shown = await ask("GET", `${path}?f=geojson`);
  expect(shown.body).toMatchObject({ type: "Feature", geometry: { type: "MultiPolygon" } });

  const id = sent.body.area_upload_id;
  const json = { "content-type": "application/json" };
  const made = await ask("POST", `projects?area_upload_id=${id}`, {
    body: JSON.stringify({ name: "County" }),
    headers: json,
  });
  expect(made.status).toBe(201);
  expect(made.body.area).toEqual(shown.body.geometry);

  const area = `projects/${made.body.project_id}/area`;
  const without = await ask("PUT", `${area}?area_upload_id=${id}`);
  expect(without).toMatchObject({ status: 428 });
  const triangle = {
    type: "Polygon",
    coordinates: [
      [
        [10, 20],
        [10.1, 20],
        [10, 20.1],
        [10, 20],
      ],
    ],
  };
  const headers = { ...json, "if-match": '"1"' };
  const changed = await ask("PUT", area, { body: JSON.stringify(triangle), headers });
  expect(changed).toMatchObject({ status: 200, body: { revision: "2" } });
  const back = await ask("PUT", `${area}?area_upload_id=${id}`, { headers: { "if-match": '"2"' } });
  expect(back).toMatchObject({ status: 200, body: { area: made.body.area, revision: "3" } });
});

test("a file in metres is reported as such, and no project is made of it", async () => {
  const metres = '{"type":"Polygon","coordinates":[[[1e6,6e6],[1.1e6,6e6],[1e6,6.1e6],[1e6,6e6]]]}';
  const headers = { "content-type": "application/geo+json" };
  const sent = await ask("POST", "area-uploads", { body: metres, headers });
  expect(sent).toMatchObject({
    status: 201,
    body: { faults: [{ rule: "position-in-metres", path: "coordinates[0][0]" }] },
  });
  const body = JSON.stringify({ name: "Metres" });
  const made = await ask("POST", `projects?area_upload_id=${sent.body.area_upload_id}`, {
    body,
    headers: { "content-type": "application/json" },
  });
  expect(made).toMatchObject({ status: 422, body: { reason: "AREA_INVALID" } });
});

test("the refusal of the 51st upload of a day says when to retry, and a deletion makes room at once", async () => {
  const { sql } = system.databases.project;
  const headers = { "content-type": "application/vnd.google-earth.kml+xml" };
  const send = () => ask("POST", "area-uploads", { body: KML, headers });
  const first = await send();
  expect(first.status).toBe(201);
  await sql`
    insert into area_uploads (user_id, slot, file_name, media_type, size_bytes, sha256, format, polygons, rings, vertices,
      faults, notes, countries, create_time, expire_time)
    select user_id, place, file_name, media_type, size_bytes, sha256, format, polygons, rings, vertices,
      faults, notes, countries, create_time, expire_time + interval '1 hour' * (place - 1)
    from area_uploads cross join generate_series(2, 50) as place`;
  await sql`update area_uploads set expire_time = clock_timestamp() + interval '10 hours' where slot = 50`;

  const refused = await send();
  expect(refused.status).toBe(429);
  expect(refused.headers.get("content-type")).toBe("application/problem+json");
  expect(refused.body).toMatchObject({ reason: "TOO_MANY_AREA_UPLOADS", metadata: { limit: "50" } });
  const seconds = refused.headers.get("retry-after") ?? "";
  expect(seconds).toMatch(/^[1-9][0-9]*$/);
  // The one that expires first, in ten hours, and not the first that was sent.
  expect(Number(seconds)).toBeLessThanOrEqual(36_000);
  expect(Number(seconds)).toBeGreaterThan(32_400);

  const deleted = await ask("DELETE", `area-uploads/${first.body.area_upload_id}`);
  expect(deleted.status).toBe(204);
  expect((await send()).status).toBe(201);
});
