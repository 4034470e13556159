import { randomUUID } from "node:crypto";
import { create } from "@bufbuild/protobuf";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import { Code } from "@connectrpc/connect";
import { durationOf } from "@tessera/contracts/duration.ts";
import { MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { Permission, ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { EVERY_SETTING } from "../testing/settings.ts";
import { circle, failureOf, refusalOf, square, type TestSystem, testSystem } from "../testing/system.ts";

let system: TestSystem;

beforeAll(async () => {
  system = await testSystem();
});

afterAll(() => system.stop());

const project = { name: "Escuintla", area: square() };
const administrator = () => system.as("administrator");
const request = () => ({ requestId: randomUUID(), project });

test("a project is confirmed as a draft of its author's, and reads as it was asked for", async () => {
  const asked = {
    ...project,
    description: "# Palín 🌋",
    mappingPermission: Permission.LEVEL,
    lockDuration: durationOf(900),
  };
  const requestId = randomUUID();
  const before = Date.now();
  const { acknowledgement } = await system.client.createProject(
    { requestId, project: asked },
    administrator(),
  );
  expect(acknowledgement).toMatchObject({ requestId, revision: 1n, replayed: false });
  expect(acknowledgement?.name).toMatch(/^projects\/[1-9][0-9]*$/);
  const projectId = Number(acknowledgement?.name.replace("projects/", ""));
  const { project: read } = await system.client.getProject({ projectId }, administrator());
  expect(read).toMatchObject({
    ...asked,
    projectId,
    status: ProjectStatus.DRAFT,
    authorUserId: 1n,
    revision: 1n,
  });
  expect(read?.boundingBox).toMatchObject({ west: 10, south: 20, east: 10.1, north: 20.1 });
  expect(read?.areaSquareKilometres).toBeCloseTo(116.2, 0);
  expect(read?.createTime).toEqual(acknowledgement?.commitTime);
  expect(read?.updateTime).toEqual(acknowledgement?.commitTime);
  expect(timestampMs(read?.createTime as never)).toBeGreaterThanOrEqual(before);
  expect(timestampMs(read?.createTime as never)).toBeLessThanOrEqual(Date.now());
});

test("every field that may be set is written and read again", async () => {
  const asked = { ...project, ...EVERY_SETTING };
  const { acknowledgement } = await system.client.createProject(
    { requestId: randomUUID(), project: asked },
    administrator(),
  );
  const projectId = Number(acknowledgement?.name.replace("projects/", ""));
  const { project: read } = await system.client.getProject({ projectId }, administrator());
  expect(read).toMatchObject(asked);
});

test("only managers read the users who may see a project", async () => {
  const projectId = await system.project(ProjectStatus.PUBLISHED, { allowedUserIds: [3n, 4n] });
  const seen = async (options: object) =>
    (await system.client.getProject({ projectId }, options)).project?.allowedUserIds;
  expect(await seen(administrator())).toEqual([3n, 4n]);
  expect(await seen(system.as("otherAdministrator"))).toEqual([3n, 4n]);
  for (const options of [{}, system.as("beginner"), system.as("advanced")]) {
    expect(await seen(options)).toEqual([]);
  }
});

test("priority areas and a licence are looked at after the area", async () => {
  const reason = async (fields: object) => {
    const asked = { requestId: randomUUID(), project: { ...project, ...fields } };
    return (await refusalOf(system.client.createProject(asked, administrator()))).reason;
  };
  const priorityAreas = square(0.1, 11);
  expect(await reason({ priorityAreas })).toBe("PRIORITY_AREAS_OUTSIDE");
  expect(await reason({ priorityAreas, area: square(2) })).toBe("AREA_TOO_LARGE");
  expect(await reason({ priorityAreas, area: square(2), licenceId: 99 })).toBe("LICENCE_NOT_FOUND");
});

test("the same request again creates nothing and gets the same acknowledgement", async () => {
  const again = request();
  const first = await system.client.createProject(again, administrator());
  const before = await system.count("projects");
  const second = await system.client.createProject(again, administrator());
  expect(second.acknowledgement).toEqual({ ...first.acknowledgement, replayed: true });
  expect(await system.count("projects")).toBe(before);
});

test("the same request id with other content is refused", async () => {
  const first = request();
  await system.client.createProject(first, administrator());
  const other = { ...first, project: { ...project, name: "Retalhuleu" } };
  const refusal = await refusalOf(system.client.createProject(other, administrator()));
  expect(refusal).toMatchObject({ reason: "REQUEST_ID_REUSED", metadata: { request_id: first.requestId } });
});

test("a request id belongs to who sent it", async () => {
  const same = request();
  const one = await system.client.createProject(same, administrator());
  const other = await system.client.createProject(same, system.as("otherAdministrator"));
  expect(other.acknowledgement?.replayed).toBe(false);
  expect(other.acknowledgement?.name).not.toBe(one.acknowledgement?.name);
});

test("twenty twins at once create one project", async () => {
  const before = await system.count("projects");
  const same = request();
  const calls = Array.from({ length: 20 }, () => system.client.createProject(same, administrator()));
  const acknowledgements = (await Promise.all(calls)).map((it) => it.acknowledgement);
  expect(acknowledgements.filter((it) => it?.replayed === false)).toHaveLength(1);
  const same20 = acknowledgements.map((it) => ({ ...it, replayed: false }));
  expect(
    new Set(
      same20.map((it) => JSON.stringify(it, (_, value) => (typeof value === "bigint" ? `${value}` : value))),
    ).size,
  ).toBe(1);
  expect(await system.count("projects")).toBe(before + 1);
});

test("a twin that is still under way is waited for, and what it came to decides", async () => {
  const { sql } = system.database;
  for (const outcome of ["commit", "rollback"] as const) {
    const same = request();
    const holding = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const twin = sql
      .begin(async (transaction) => {
        await transaction`
          insert into remembered_requests
            (project_id, caller, request_id, digest, name, revision, commit_time, response)
          values (0, '1', ${same.requestId}, 'another', 'projects/0', 1, now(), '')`;
        holding.resolve();
        await release.promise;
        if (outcome === "rollback") throw new Error("rolled back");
      })
      .catch(() => {});
    await holding.promise;
    const call = system.client.createProject(same, administrator());
    // It may be refused before anybody waits for it below.
    call.catch(() => {});
    await expect.poll(() => waiting()).toBe(1);
    release.resolve();
    await twin;
    // The twin that commits here has other content, as its digest says.
    if (outcome === "commit") expect((await refusalOf(call)).reason).toBe("REQUEST_ID_REUSED");
    else expect((await call).acknowledgement?.replayed).toBe(false);
  }
});

test("only an administrator creates projects, and nothing comes of others' tries", async () => {
  const before = [await system.count("projects"), await system.count("remembered_requests")];
  for (const person of ["beginner", "advanced"] as const) {
    const refusal = await refusalOf(system.client.createProject(request(), system.as(person)));
    expect(refusal).toMatchObject({ reason: "CREATION_NOT_PERMITTED", metadata: {} });
  }
  expect([await system.count("projects"), await system.count("remembered_requests")]).toEqual(before);
});

test("of several reasons the earliest in the contract's order is answered", async () => {
  const crossed = create(MultiPolygonSchema, {
    coordinates: [0, 0, 0.2, 0.2, 0.2, 0, 0, 0.2, 0, 0],
    ringLengths: [5],
    polygonLengths: [1],
  });
  const reason = async (fields: object, headers = administrator()) =>
    (
      await refusalOf(
        system.client.createProject({ requestId: randomUUID(), project: { ...project, ...fields } }, headers),
      )
    ).reason;
  expect(await reason({ area: crossed, name: "" }, { headers: { authorization: "Bearer x" } })).toBe(
    "TOKEN_INVALID",
  );
  expect(await reason({ area: crossed, name: "" }, system.as("beginner"))).toBe("FIELD_INVALID");
  expect(await reason({ area: crossed }, system.as("beginner"))).toBe("CREATION_NOT_PERMITTED");
  expect(await reason({ area: crossed }, system.as("gone"))).toBe("TOKEN_INVALID");
  expect(await reason({ area: crossed })).toBe("AREA_INVALID");
  expect(await reason({ area: circle(10_001) })).toBe("AREA_TOO_LARGE");
  expect(await reason({ area: square(2) })).toBe("AREA_TOO_LARGE");
});

test("what is malformed is named field by field", async () => {
  const wrong = {
    ...project,
    projectId: 7,
    revision: 1n,
    name: "",
    status: ProjectStatus.PUBLISHED,
  };
  const refusal = await refusalOf(
    system.client.createProject({ requestId: "a", project: wrong }, administrator()),
  );
  expect(refusal.reason).toBe("FIELD_INVALID");
  expect(refusal.violations.map((it) => it.field)).toEqual([
    "project.project_id",
    "project.revision",
    "project.name",
    "project.status",
  ]);
});

test.each([
  ["without a project", {}],
  ["with a control character in the name", { project: { ...project, name: "a\u0007b" } }],
  ["with a name that is too long", { project: { ...project, name: "x".repeat(201) } }],
  ["with a status that is none", { project: { ...project, status: 99 as ProjectStatus } }],
  ["with a lock of a second", { project: { ...project, lockDuration: durationOf(1) } }],
  ["with a request id of spaces", { requestId: "a b", project }],
])("a request %s is malformed", async (_, fields) => {
  const call = system.client.createProject({ requestId: randomUUID(), ...fields }, administrator());
  expect((await refusalOf(call)).reason).toBe("FIELD_INVALID");
});

test("an area of as many vertices as are taken is stored whole", async () => {
  const area = circle(9_999);
  const projectId = await system.project(ProjectStatus.DRAFT, { area });
  const { project: read } = await system.client.getProject({ projectId }, administrator());
  expect(read?.area).toEqual(area);
});

test("a request that is answered from memory asks nobody", async () => {
  const again = request();
  await system.client.createProject(again, administrator());
  const before = system.auth.asked();
  await system.client.createProject(again, administrator());
  expect(system.auth.asked()).toBe(before);
});

test("a fault inside is an error without a reason, and without its text", async () => {
  const { sql } = system.database;
  await sql`alter table remembered_requests rename to elsewhere`;
  const error = await failureOf(system.client.createProject(request(), administrator()));
  await sql`alter table elsewhere rename to remembered_requests`;
  expect(error.code).toBe(Code.Internal);
  expect(error.message).not.toContain("remembered_requests");
});

async function waiting(): Promise<number> {
  const { sql } = system.database;
  const [row] = await sql<{ count: number }[]>`
    select count(*)::integer as count from pg_stat_activity
    where datname = current_database() and application_name = 'project' and wait_event_type = 'Lock'`;
  return row?.count ?? 0;
}
