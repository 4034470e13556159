import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Headers } from "../ground/world.ts";
import { type TestSystem, testSystem } from "../system.ts";

let system: TestSystem;
let admin: Headers;

beforeAll(async () => {
  system = await testSystem({}, { followsWork: true });
  admin = await system.signIn("administrator");
});

afterAll(() => system.stop());

async function call(
  verb: string,
  path: string,
  who: Headers | undefined,
  { body, ...headers }: Record<string, unknown> = {},
) {
  const response = await fetch(`${system.url}/v1/${path.replace(/^\/v1\//, "")}`, {
    method: verb,
    headers: {
      ...who?.headers,
      ...(verb !== "GET" && { "idempotency-key": `"${randomUUID()}"` }),
      ...(body !== undefined && { "content-type": "application/json" }),
      ...(headers as Record<string, string>),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    location: String(response.headers.get("location")),
    etag: response.headers.get("etag"),
    json: (text === "" ? {} : JSON.parse(text)) as Record<string, unknown>,
  };
}

const PURPOSE = { purpose: "LOCK_PURPOSE_MAPPING" };

const square = (west: number, south: number, side: number) => ({
  type: "Polygon",
  coordinates: [
    [
      [west, south],
      [west + side, south],
      [west + side, south + side],
      [west, south + side],
      [west, south],
    ],
  ],
});

const create = (fields: Record<string, unknown> = {}) =>
  call("POST", "projects", admin, { body: { name: "Palín", area: square(10, 20, 0.5), ...fields } });

/** A merge patch from the revision at which the project is. */
const patch = async (path: string, body: Record<string, unknown>) => {
  const { etag } = await call("GET", path, admin);
  return call("PATCH", path, admin, {
    body,
    "if-match": etag,
    "content-type": "application/merge-patch+json",
  });
};

/** The number of a team that did not exist before. */
async function newTeam(): Promise<number> {
  const organisation = await call("POST", "organisations", admin, { body: { name: randomUUID() } });
  const organisationId = Number(organisation.json.organisation_id);
  const team = await call("POST", "teams", admin, {
    body: { organisation_id: organisationId, name: "First" },
  });
  return Number(team.json.team_id);
}

/** The number of a person who signs in for the first time. */
let people = 7_000;
async function newPerson(): Promise<string> {
  const { user } = await system.auth.getCurrentUser({}, await system.signIn(`mapper-${++people}`));
  return String(user?.userId);
}

test("a merge patch sets lists and areas as a whole, and null takes them away", async () => {
  const texts = [{ language: "es", name: "Palín" }];
  const made = await create({ translations: texts, hashtags: ["#a"], due_time: "2027-01-01T00:00:00Z" });
  expect(made).toMatchObject({
    status: 201,
    json: { translations: texts, due_time: "2027-01-01T00:00:00Z" },
  });
  const path = made.location;
  const teams = [{ team_id: await newTeam(), role: "PROJECT_ROLE_VALIDATOR" }];
  const allowed = [await newPerson(), await newPerson()];
  const changed = await patch(path, {
    translations: [
      { language: "pt-BR", name: "Praça", instructions: "# Faça" },
      { language: "fr", name: "Place" },
    ],
    teams,
    allowed_user_ids: allowed,
    mapping_types: ["MAPPING_TYPE_ROADS"],
    priority_areas: square(10.1, 20.1, 0.1),
    priority: "PROJECT_PRIORITY_URGENT",
  });
  expect(changed).toMatchObject({
    status: 200,
    json: {
      translations: [
        { language: "pt-BR", name: "Praça", instructions: "# Faça" },
        { language: "fr", name: "Place" },
      ],
      teams,
      allowed_user_ids: allowed,
      mapping_types: ["MAPPING_TYPE_ROADS"],
      priority_areas: { type: "MultiPolygon" },
      priority: "PROJECT_PRIORITY_URGENT",
      hashtags: ["#a"],
    },
  });
  const cleared = await patch(path, { translations: null, teams: [], priority_areas: null, due_time: null });
  expect(cleared.status).toBe(200);
  for (const name of ["translations", "teams"]) expect(cleared.json[name] ?? []).toEqual([]);
  for (const name of ["priority_areas", "due_time"]) expect(cleared.json[name] ?? null).toBeNull();
  expect(cleared.json).toMatchObject({ hashtags: ["#a"], allowed_user_ids: allowed });
});

test("what is wrong is named by its path", async () => {
  const translations = [{ language: "es" }, { language: "fr" }, { language: "it", name: "Caf\u200be" }];
  const refused = await create({ translations, interests: ["health", "\u202ex"] });
  expect(refused).toMatchObject({
    status: 422,
    json: {
      errors: [
        { pointer: "/interests/1", rule: "text.direction" },
        { pointer: "/translations/2/name", rule: "text.invisible" },
      ],
    },
  });
});

test("a project is published, cloned, transferred, marked, and deleted or archived", async () => {
  const made = await create({ featured: true });
  const path = made.location;
  expect((await patch(path, { status: "PROJECT_STATUS_PUBLISHED" })).status).toBe(200);
  const clone = await call("POST", `${path}/clones`, admin, { body: {} });
  expect(clone).toMatchObject({
    status: 201,
    json: { name: "Copy of Palín", status: "PROJECT_STATUS_DRAFT", featured: true },
  });
  expect(clone.location).not.toBe(path);

  const organisation = await call("POST", "organisations", admin, { body: { name: "Médecins" } });
  const body = { organisation_id: organisation.json.organisation_id };
  const stale = await call("PUT", `${clone.location}/owner`, admin, { body, "if-match": '"2"' });
  expect(stale).toMatchObject({ status: 412, json: { reason: "PROJECT_CHANGED" } });
  const given = await call("PUT", `${clone.location}/owner`, admin, { body, "if-match": clone.etag });
  expect(given.status).toBe(200);
  expect((await call("GET", clone.location, admin)).json).toMatchObject({ ...body, revision: "2" });

  const mapper = await system.signIn("mapper-1");
  const number = path.split("/").at(-1);
  const mark = `users/me/favourites/${number}`;
  expect((await call("PUT", mark, mapper)).status).toBe(201);
  expect((await call("PUT", mark, mapper)).status).toBe(200);
  expect((await call("GET", mark, mapper)).json).toMatchObject({
    project: { name: "Palín", favourite: true },
  });
  expect((await call("GET", "users/me/favourites", mapper)).json).toMatchObject({
    favourites: [{ project_id: Number(number) }],
  });
  expect((await call("DELETE", mark, mapper)).status).toBe(204);
  expect((await call("GET", mark, mapper)).status).toBe(404);

  expect((await call("DELETE", clone.location, mapper)).status).toBe(404);
  expect((await call("DELETE", clone.location, admin)).status).toBe(204);
  expect((await call("GET", clone.location, admin)).status).toBe(404);
});

test("a project in which somebody held a task is archived instead of deleted", async () => {
  const { location: path } = await create();
  await patch(path, { status: "PROJECT_STATUS_PUBLISHED" });
  const cut = await call("POST", `${path}/tasks`, admin, { body: { zoom: 11 }, prefer: "wait=20" });
  expect(cut.status).toBeLessThan(300);
  await expect.poll(async () => (await call("GET", `${path}/tasks/1`, admin)).status).toBe(200);
  const mapper = await system.signIn("mapper-2");
  expect((await call("PUT", `${path}/tasks/1/lock`, mapper, { body: PURPOSE })).status).toBeLessThan(300);
  await expect
    .poll(async () => {
      const { sql } = system.databases.project;
      const worked =
        await sql`select from worked_projects where project_id = ${Number(path.split("/").at(-1))}`;
      return worked.length;
    })
    .toBe(1);
  expect(await call("DELETE", path, admin)).toMatchObject({
    status: 409,
    json: { reason: "PROJECT_HAS_WORK" },
  });
  expect((await patch(path, { status: "PROJECT_STATUS_ARCHIVED" })).status).toBe(200);
});

test("each person accepts a licence once, and works from then on", async () => {
  const body = { name: "ODbL", plain_text: "You may map." };
  const made = await call("POST", "licences", admin, { body });
  expect(made).toMatchObject({ status: 201, etag: '"1"', json: body });
  const mapper = await system.signIn("mapper-3");
  const acceptance = `${made.location}/acceptance`;
  expect((await call("GET", acceptance, mapper)).status).toBe(404);
  expect((await call("PUT", acceptance, mapper)).status).toBe(201);
  expect((await call("PUT", acceptance, mapper)).status).toBe(200);
  expect((await call("GET", acceptance, mapper)).json).toMatchObject({ licence_id: made.json.licence_id });
  const { location: path } = await create({ licence_id: made.json.licence_id });
  await patch(path, { status: "PROJECT_STATUS_PUBLISHED" });
  await call("POST", `${path}/tasks`, admin, { body: { zoom: 11 }, prefer: "wait=20" });
  await expect.poll(async () => (await call("GET", `${path}/tasks/1`, admin)).status).toBe(200);
  const other = await system.signIn("mapper-4");
  const lock = () => call("PUT", `${path}/tasks/1/lock`, other, { body: PURPOSE });
  expect(await lock()).toMatchObject({ status: 403, json: { reason: "LICENCE_NOT_ACCEPTED" } });
  await call("PUT", acceptance, other);
  expect((await lock()).status).toBe(201);
  expect(await call("DELETE", made.location, admin)).toMatchObject({
    status: 409,
    json: { reason: "LICENCE_IN_USE" },
  });
  expect((await call("GET", "licences", undefined)).json).toMatchObject({ licences: [{ name: "ODbL" }] });
});
