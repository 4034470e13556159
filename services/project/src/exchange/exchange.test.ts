import { randomUUID } from "node:crypto";
import { create } from "@bufbuild/protobuf";
import { durationOf } from "@tessera/contracts/duration.ts";
import { MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import type { ProjectProfile } from "@tessera/contracts/tessera/project/v1/exchange_pb.ts";
import { ProjectEventKind } from "@tessera/contracts/tessera/project/v1/project_event_pb.ts";
import {
  Permission,
  ProjectPriority,
  ProjectStatus,
  ProjectTeamSchema,
} from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { refusalOf, square, type TestSystem, testSystem } from "../testing/system.ts";
import { taskingManagerDocument } from "../testing/tasking-manager.ts";

const { DRAFT, PUBLISHED } = ProjectStatus;
let system: TestSystem;
let made = 0;

beforeAll(async () => {
  system = await testSystem();
});

afterAll(() => system.stop());

type Person = Parameters<TestSystem["as"]>[0];

const newId = () => `p${++made}`;
const exported = async (projectId: number, options = {}) =>
  (await system.exchange.exportProject({ projectId }, options)).profile as ProjectProfile;
const importing = (
  externalId: string,
  document: object,
  person: Person = "administrator",
  requestId: string = randomUUID(),
) =>
  system.exchange.importProject(
    { requestId, source: "other.example", externalId, document: document as never },
    system.as(person),
  );
const profile = (value: object) => ({ case: "profile", value });
const theirs = (changes: object = {}) => ({
  case: "taskingManagerProject",
  value: JSON.stringify(taskingManagerDocument(changes)),
});
const idIn = (answer: Awaited<ReturnType<typeof importing>>) =>
  Number(answer.acknowledgement?.name.split("/")[1]);
const read = async (projectId: number, person: Person = "administrator") => {
  const { project } = await system.client.getProject({ projectId }, system.as(person));
  if (project === undefined) throw new Error("no project");
  return project;
};
const simple = (name = "Imported", more: object = {}) =>
  profile({ project: { name, area: square(), ...more } });

test("a project that was exported and imported is the same, but for what is each tool's own", async () => {
  const { sql } = system.database;
  await sql`insert into licences (name, description, plain_text, create_time, update_time) values ('Open', '', '', now(), now())`;
  const projectId = await system.project(PUBLISHED, {
    name: "Whole",
    description: "**all**",
    translations: [
      {
        language: "fr",
        name: "Entier",
        shortDescription: "",
        description: "",
        instructions: "",
        taskInstructions: "",
      },
    ] as never,
    priority: ProjectPriority.URGENT,
    hashtags: ["#a"],
    campaigns: ["C"],
    licenceId: 1,
    organisationId: 7,
    mappingPermission: Permission.TEAMS,
    teams: [{ teamId: 7, role: ProjectRole.VALIDATOR }] as never,
    lockDuration: durationOf(600),
    priorityAreas: square(0.01, 10.02, 20.02),
    featured: true,
  });
  const document = await exported(projectId, system.as("administrator"));
  expect(document).toMatchObject({ organisationName: "Organisation 7", licenceName: "Open" });
  expect(document.teams).toMatchObject([{ name: "Team 4", role: ProjectRole.VALIDATOR }]);
  expect(document.project).toMatchObject({
    projectId: 0,
    revision: 0n,
    teams: [],
  });
  for (const field of ["organisationId", "authorUserId", "licenceId", "source"])
    expect(document.project).not.toHaveProperty(field);
  expect(document.project?.centroid).toBeDefined();

  const answer = await importing(newId(), profile(document));
  expect(answer).toMatchObject({ created: true, skipped: [] });
  const [original, copy] = [await read(projectId), await read(idIn(answer))];
  expect(copy).toMatchObject({ status: DRAFT, featured: false, source: "other.example", revision: 1n });
  const own = [
    "projectId",
    "status",
    "featured",
    "source",
    "externalId",
    "revision",
    "createTime",
    "updateTime",
  ];
  const rest = (it: object) => Object.fromEntries(Object.entries(it).filter(([name]) => !own.includes(name)));
  expect(rest(copy)).toEqual(rest(original));
});

test("teams are exported for managers only, and a hidden project for nobody else", async () => {
  const teams = [{ teamId: 3, role: ProjectRole.MAPPER }] as never;
  const projectId = await system.project(PUBLISHED, { teams, private: true, allowedUserIds: [3n] });
  expect((await exported(projectId, system.as("administrator"))).teams).toHaveLength(1);
  const forAllowed = await exported(projectId, system.as("beginner"));
  expect(forAllowed.teams).toEqual([]);
  expect(forAllowed.project?.allowedUserIds).toEqual([]);
  for (const options of [{}, system.as("advanced")]) {
    expect((await refusalOf(exported(projectId, options))).reason).toBe("PROJECT_NOT_FOUND");
  }
});

test("a second import changes the project that the first one made: what the document says, and nothing else", async () => {
  const id = newId();
  const first = await importing(id, theirs());
  const projectId = idIn(first);
  const unknownHere = ["organisation_name", "teams[0]", "teams[1]"];
  expect(first.skipped.map(({ field }) => field)).toEqual(expect.arrayContaining(unknownHere));
  const teams = [create(ProjectTeamSchema, { teamId: 7, role: ProjectRole.VALIDATOR })];
  await system.set(projectId, {
    lockDuration: durationOf(900),
    hashtags: ["#ours"],
    teams,
    status: PUBLISHED,
  });
  const again = await importing(id, theirs({ projectPriority: "LOW", imagery: "Bing" }));
  expect(again).toMatchObject({ created: false });
  expect(idIn(again)).toBe(projectId);
  const project = await read(projectId);
  expect(project).toMatchObject({ priority: ProjectPriority.LOW, imagery: "Bing", revision: 3n });
  expect(project).toMatchObject({
    lockDuration: durationOf(900),
    hashtags: ["#ours"],
    status: PUBLISHED,
    name: "Escuintla",
  });
  const { events } = await system.events.listProjectEvents({ projectId }, system.as("administrator"));
  expect(events.map(({ kind }) => kind)).toEqual([
    ProjectEventKind.IMPORTED,
    ProjectEventKind.PUBLISHED,
    ProjectEventKind.IMPORTED,
  ]);
  expect(events[2]?.fields).toEqual(["imagery", "priority"]);
});

test("a document that says nothing new writes nothing", async () => {
  const id = newId();
  const projectId = idIn(await importing(id, theirs()));
  const again = await importing(id, theirs());
  expect(again.acknowledgement?.revision).toBe(1n);
  expect((await read(projectId)).revision).toBe(1n);
});

test("a moved area is measured again, and its event says so", async () => {
  const id = newId();
  const projectId = idIn(await importing(id, simple()));
  await importing(id, simple("Imported", { area: square(0.2, 30, 40) }));
  const project = await read(projectId);
  expect(project.boundingBox).toMatchObject({ west: 30, south: 40 });
  expect(project).toMatchObject({ revision: 2n, area: square(0.2, 30, 40) });
  const { events } = await system.events.listProjectEvents({ projectId }, system.as("administrator"));
  expect(events[1]).toMatchObject({ kind: ProjectEventKind.AREA_CHANGED, fields: ["area"] });
});

test("the same id of another source is another project", async () => {
  const id = newId();
  const projectId = idIn(await importing(id, simple()));
  const other = await system.exchange.importProject(
    { requestId: randomUUID(), source: "third.example", externalId: id, document: simple() as never },
    system.as("administrator"),
  );
  expect(idIn(other)).not.toBe(projectId);
});

test("of many imports of one project at once one makes it, and all name it", async () => {
  const id = newId();
  const answers = await Promise.all(Array.from({ length: 12 }, () => importing(id, simple())));
  expect(answers.filter(({ created }) => created)).toHaveLength(1);
  expect(new Set(answers.map(idIn)).size).toBe(1);
  const { sql } = system.database;
  expect(await sql`select from projects where external_id = ${id}`).toHaveLength(1);
});

test("a request that is sent again gets the same answer, and its id is not for another document", async () => {
  const [id, requestId] = [newId(), randomUUID()];
  const first = await importing(id, theirs(), "administrator", requestId);
  const twins = await Promise.all([1, 2, 3].map(() => importing(id, theirs(), "administrator", requestId)));
  for (const twin of twins) {
    expect(twin).toMatchObject({ created: true, acknowledgement: { replayed: true } });
    expect(twin.skipped).toEqual(first.skipped);
  }
  const reused = importing(id, theirs({ imagery: "Bing" }), "administrator", requestId);
  expect((await refusalOf(reused)).reason).toBe("REQUEST_ID_REUSED");
});

test("managers of an organisation import for it, and nobody for another or for none", async () => {
  system.auth.belongs("intermediate", { organisations: [8] });
  const of = (organisationName?: string) =>
    profile({ project: { name: "Ours", area: square() }, organisationName });
  const id = newId();
  const projectId = idIn(await importing(id, of("organisation 8"), "intermediate"));
  expect(await read(projectId)).toMatchObject({ organisationId: 8, authorUserId: 4n });
  for (const document of [of("Organisation 9"), of("Nobody's"), of()]) {
    const refused = importing(newId(), document, "intermediate");
    expect((await refusalOf(refused)).reason).toBe("CREATION_NOT_PERMITTED");
  }
  const moved = await importing(id, of("Organisation 9"), "intermediate");
  expect(moved.skipped.map(({ field }) => field)).toEqual(["organisation_name"]);
  expect((await read(projectId)).organisationId).toBe(8);
});

test("a user who does not manage a project does not change it by an import, nor learns of a hidden one", async () => {
  const id = newId();
  const projectId = idIn(await importing(id, simple()));
  const hidden = await refusalOf(importing(id, simple("Mine"), "advanced"));
  const absent = await refusalOf(importing(newId(), simple("Mine"), "advanced"));
  expect(hidden).toEqual(absent);
  expect(hidden.reason).toBe("CREATION_NOT_PERMITTED");
  await system.set(projectId, { status: PUBLISHED });
  expect((await refusalOf(importing(id, simple("Mine"), "advanced"))).reason).toBe("NOT_MANAGER");
  expect((await read(projectId)).name).toBe("Imported");
});

test("two teams of one name are distinguished by the organisation; else the team is left out", async () => {
  const teams = [
    { name: "Team 4", role: ProjectRole.MAPPER },
    { name: "Nobody's", role: ProjectRole.MANAGER },
  ];
  const document = (organisationName?: string) =>
    profile({ project: { name: "Teams", area: square() }, organisationName, teams });
  const stated = await importing(newId(), document("Organisation 7"));
  expect(stated.skipped.map(({ field }) => field)).toEqual(["teams[1]"]);
  expect((await read(idIn(stated))).teams).toMatchObject([{ teamId: 7, role: ProjectRole.MAPPER }]);
  const untold = await importing(newId(), document());
  expect(untold.skipped.map(({ field }) => field)).toEqual(["teams[0]", "teams[1]"]);
});

const bowTie = create(MultiPolygonSchema, {
  coordinates: [0, 0, 1, 1, 1, 0, 0, 1, 0, 0],
  ringLengths: [5],
  polygonLengths: [1],
});

test.each([
  ["AREA_INVALID", simple("x", { area: bowTie })],
  ["AREA_TOO_LARGE", simple("x", { area: square(5) })],
  ["PRIORITY_AREAS_OUTSIDE", simple("x", { priorityAreas: square(0.1, 50, 50) })],
  ["FIELD_INVALID", simple("")],
  ["FIELD_INVALID", profile({ project: { name: "x" } })],
  ["FIELD_INVALID", profile({})],
  ["DOCUMENT_INVALID", { case: "taskingManagerProject", value: "no JSON" }],
  ["AREA_INVALID", theirs({ areaOfInterest: { type: "Point", coordinates: [1, 2] } })],
])("%s: nothing is written", async (reason, document) => {
  const before = await system.count("projects");
  expect((await refusalOf(importing(newId(), document))).reason).toBe(reason);
  expect(await system.count("projects")).toBe(before);
});

/** A square of a tenth of a degree at the equator, as GeoJSON. */
const squareAt = (west: number) => ({
  type: "Polygon",
  coordinates: [[0, 1, 2, 3, 0].map((it) => [it % 3 === 0 ? west : west + 0.1, it < 2 ? 0 : 0.1])],
});
const multi = ({ coordinates }: ReturnType<typeof squareAt>) => ({
  type: "MultiPolygon",
  coordinates: [coordinates],
});

test("priority areas of a Tasking Manager that do not fit are left out and reported", async () => {
  const answer = await importing(newId(), theirs({ priorityAreas: [squareAt(0)] }));
  expect(answer.skipped.map(({ field }) => field)).toContain("priorityAreas");
  expect((await read(idIn(answer))).priorityAreas).toBeUndefined();
});

test("an area that leaves the priority areas of the project outside is refused, also if the document's do not fit", async () => {
  const id = newId();
  const at = (west: number, priorityWest: number) =>
    theirs({ areaOfInterest: multi(squareAt(west)), priorityAreas: [squareAt(priorityWest)] });
  const projectId = idIn(await importing(id, at(1, 1)));
  const before = await read(projectId);
  expect(before.priorityAreas).toBeDefined();
  expect((await refusalOf(importing(id, at(2, 3)))).reason).toBe("PRIORITY_AREAS_OUTSIDE");
  expect(await read(projectId)).toEqual(before);
  expect(idIn(await importing(id, at(2, 2)))).toBe(projectId);
});
