import { randomUUID } from "node:crypto";
import { create, type DescMessage, getOption, isFieldSet, type Message } from "@bufbuild/protobuf";
import {
  type Project,
  ProjectSchema,
  ProjectStatus,
  ProjectTextSchema,
} from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { ListProjectsResponseSchema } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { leaves_out } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { EVERY_SETTING } from "../testing/settings.ts";
import { refusalOf, type TestSystem, testSystem } from "../testing/system.ts";

const { DRAFT, PUBLISHED, ARCHIVED } = ProjectStatus;
let system: TestSystem;
/** Of each status in turn, oldest first. */
const ids: number[] = [];

beforeAll(async () => {
  system = await testSystem();
  for (const status of [PUBLISHED, DRAFT, ARCHIVED, DRAFT, PUBLISHED, PUBLISHED, ARCHIVED]) {
    ids.push(await system.project(status));
  }
});

afterAll(() => system.stop());

const list = (
  request: { pageSize?: number; pageToken?: string; fields?: { paths: string[] } },
  options = {},
) => system.client.listProjects(request, options);
const idsOf = async (...of: Parameters<typeof list>) =>
  (await list(...of)).projects.map((it) => it.projectId);
const at = (...indexes: number[]) => indexes.map((index) => ids[index]);

/** The names of the fields of a message that are not absent. */
const setFields = (desc: DescMessage, message: Message) =>
  desc.fields.filter((field) => isFieldSet(message, field)).map(({ name }) => name);

test("everybody sees what is published or archived, newest first", async () => {
  for (const options of [{}, system.as("beginner"), system.as("advanced")]) {
    expect(await idsOf({}, options)).toEqual(at(6, 5, 4, 2, 0));
  }
});

test("administrators see all drafts, and authors their own", async () => {
  for (const person of ["administrator", "otherAdministrator"] as const) {
    expect(await idsOf({}, system.as(person))).toEqual(at(6, 5, 4, 3, 2, 1, 0));
  }
  const { sql } = system.database;
  await sql`update projects set author_user_id = 3 where project_id = ${ids[3] as number}`;
  expect(await idsOf({}, system.as("beginner"))).toEqual(at(6, 5, 4, 3, 2, 0));
  expect(await idsOf({}, system.as("advanced"))).toEqual(at(6, 5, 4, 2, 0));
  await sql`update projects set author_user_id = 1 where project_id = ${ids[3] as number}`;
});

test("a list leaves the areas out and has their rectangles", async () => {
  const { projects } = await list({ pageSize: 1 });
  expect(projects[0]?.area).toBeUndefined();
  expect(projects[0]?.boundingBox).toMatchObject({ west: 10, south: 20 });
  expect(projects[0]?.areaSquareKilometres).toBeGreaterThan(100);
});

test("a list leaves the longest texts out", async () => {
  const projectId = await system.project(DRAFT, EVERY_SETTING);
  const { projects } = await list({ pageSize: 1 }, system.as("administrator"));
  const { shortDescription, teams, dueTime, campaigns, translations } = EVERY_SETTING;
  expect(projects[0]).toMatchObject({ projectId, shortDescription, teams, dueTime, campaigns });
  const leftOut = getOption(ListProjectsResponseSchema.field.projects, leaves_out);
  expect(leftOut).toEqual(expect.arrayContaining(["description", "instructions", "allowed_user_ids"]));
  expect(setFields(ProjectSchema, projects[0] as Project).filter((it) => leftOut.includes(it))).toEqual([]);
  const { project: whole } = await system.client.getProject({ projectId }, system.as("administrator"));
  expect(setFields(ProjectSchema, whole as Project)).toEqual(expect.arrayContaining(leftOut));
  const listed = translations.map(({ language, name, shortDescription: short }) =>
    create(ProjectTextSchema, { language, name, shortDescription: short }),
  );
  const fields = { paths: ["translations"] };
  const chosen = await list({ pageSize: 1, fields }, system.as("administrator"));
  expect(chosen.projects[0]?.translations).toEqual(listed);
  expect(whole?.translations.map((text) => setFields(ProjectTextSchema, text))).toEqual(
    translations.map(() => expect.arrayContaining(["description", "instructions", "task_instructions"])),
  );
  const { sql } = system.database;
  await sql`delete from projects where project_id = ${projectId}`;
});

test.each([1, 2, 3, 4, 5, 100])("pages of %i hold each project once", async (pageSize) => {
  const seen: number[] = [];
  let pageToken = "";
  for (let pages = 0; pages < 10; pages++) {
    const page = await list({ pageSize, pageToken });
    expect(page.projects.length).toBeLessThanOrEqual(pageSize);
    seen.push(...page.projects.map((it) => it.projectId));
    pageToken = page.nextPageToken;
    if (pageToken === "") break;
  }
  expect(seen).toEqual(at(6, 5, 4, 2, 0));
});

test("a page token stays valid while projects are created and changed", async () => {
  const first = await list({ pageSize: 2 });
  const created = await system.project(PUBLISHED);
  await system.set(ids[4] as number, { name: "Changed" });
  const second = await list({ pageSize: 2, pageToken: first.nextPageToken });
  expect(second.projects.map((it) => it.projectId)).toEqual(at(4, 2));
  await system.set(created, { status: DRAFT });
});

test("a token is taken with a page of another size, and by somebody else, who sees what is theirs to see", async () => {
  const { nextPageToken } = await list({ pageSize: 1 });
  expect(await idsOf({ pageSize: 100, pageToken: nextPageToken }, system.as("beginner"))).toEqual(
    at(5, 4, 2, 0),
  );
});

test.each(["x", "AAAA", "cHJvamVjdHM6Nw", randomUUID()])(
  "the page token %s was not issued here",
  async (pageToken) => {
    expect((await refusalOf(list({ pageToken }))).reason).toBe("PAGE_TOKEN_INVALID");
  },
);

test.each([{ pageSize: -1 }, { pageToken: "x".repeat(601) }])("%j is malformed", async (request) => {
  expect((await refusalOf(list(request))).reason).toBe("FIELD_INVALID");
});

test("a deleted person is refused", async () => {
  expect((await refusalOf(list({}, system.as("gone")))).reason).toBe("TOKEN_INVALID");
});

test("a page with long fields ends before it grows too large, and the pages after it have the rest", async () => {
  const { sql } = system.database;
  const large = "x".repeat(1_500_000);
  const fields = { paths: ["project_id", "instructions"] };
  await sql`update projects set instructions = ${large} where project_id = any(${ids}::integer[])`;
  const pages: number[][] = [];
  for (let pageToken = "", more = true; more; more = pageToken !== "") {
    const page = await list({ fields, pageToken });
    expect(page.projects.every(({ instructions }) => instructions?.length === large.length)).toBe(true);
    pages.push(page.projects.map(({ projectId }) => projectId));
    pageToken = page.nextPageToken;
  }
  expect(pages).toEqual([at(6, 5), at(4, 2), at(0)]);
  expect(await idsOf({ fields: { paths: ["project_id"] } })).toEqual(at(6, 5, 4, 2, 0));
  await sql`update projects set instructions = '' where project_id = any(${ids}::integer[])`;
});
