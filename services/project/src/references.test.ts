import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import type { HandlerContext } from "@connectrpc/connect";
import { AuthEventKind, AuthEventSchema } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import {
  AuthEventService,
  type WatchAuthEventsRequest,
} from "@tessera/contracts/tessera/auth/v1/auth_event_service_pb.ts";
import { ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { ProjectEventKind } from "@tessera/contracts/tessera/project/v1/project_event_pb.ts";
import {
  Permission,
  ProjectStatus,
  ProjectTeamSchema,
} from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { Reason as ProjectReason } from "@tessera/contracts/tessera/project/v1/reason_pb.ts";
import { Reason, ReasonSchema } from "@tessera/contracts/tessera/rpc/v1/reason_pb.ts";
import { ANONYMOUS } from "@tessera/rpc/caller.ts";
import { connect } from "@tessera/rpc/connect.ts";
import { refusals } from "@tessera/rpc/refusal.ts";
import { serve, served } from "@tessera/rpc/serve.ts";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { followReferences } from "./follow-references.ts";
import { referenceStore } from "./reference-store.ts";
import { silent } from "./testing/auth.ts";
import { refusalOf, square, type TestSystem, testSystem } from "./testing/system.ts";

const { MANAGER, MAPPER } = ProjectRole;
const team = (teamId: number, role: ProjectRole) => create(ProjectTeamSchema, { teamId, role });
const TEAM = team(7, MANAGER);
const refuse = refusals(ReasonSchema);
/** Nobody and no team of the tests has these numbers. */
const ABSENT_TEAM = 100;
const ABSENT_USER = 999n;

let system: TestSystem;
let begun: AsyncDisposableStack;
/** The auth service's events; the position of each is its place, counted from 1. */
let history: MessageInitShape<typeof AuthEventSchema>[];

beforeAll(async () => {
  system = await testSystem();
});
afterAll(() => system.stop());
beforeEach(async () => {
  begun = new AsyncDisposableStack();
  history = [];
  await system.database.sql`
    update auth_feed set position = '', holder = null, expire_time = '-infinity'`;
});
afterEach(() => begun.disposeAsync());

test.each([
  ["a team", { teams: [TEAM, team(ABSENT_TEAM, MANAGER)] }, "project.teams[1].team_id"],
  ["an allowed person", { allowedUserIds: [3n, ABSENT_USER] }, "project.allowed_user_ids[1]"],
])(
  "a project cannot refer to %s that does not exist, when it is created or changed",
  async (_, fields, field) => {
    const administrator = system.as("administrator");
    const project = { name: "x", area: square(), ...fields };
    const asked = { requestId: randomUUID(), project };
    const atCreation = await refusalOf(system.client.createProject(asked, administrator));
    const projectId = await system.project(ProjectStatus.DRAFT);
    for (const refusal of [atCreation, await refusalOf(system.set(projectId, fields))]) {
      expect(refusal.reason).toMatch(/^(TEAM|USER)_NOT_FOUND$/);
      expect(refusal.violations?.map((it) => it.field)).toEqual([field]);
    }
  },
);

test("a reference that a project already has is not asked for again", async () => {
  const projectId = await system.project(ProjectStatus.DRAFT, { teams: [TEAM] });
  await system.database.sql`
    update project_teams set team_id = ${ABSENT_TEAM} where project_id = ${projectId}`;
  const kept = [team(ABSENT_TEAM, MAPPER)];
  expect(await system.set(projectId, { teams: kept })).toBe(2n);
});

test("what the auth service deleted is removed from projects, with one event each", async () => {
  const refers = { organisationId: 5, private: true, teams: [TEAM, team(8, MAPPER)] };
  const projectId = await system.project(ProjectStatus.PUBLISHED, { ...refers, allowedUserIds: [3n, 4n] });
  const other = await system.project(ProjectStatus.PUBLISHED, {
    organisationId: 6,
    teams: [team(8, MAPPER)],
  });
  await follow();
  history.push(
    { kind: AuthEventKind.TEAM_DELETED, teamId: 7 },
    { kind: AuthEventKind.TEAM_MEMBER_REMOVED, teamId: 8, userId: 4n },
    { kind: AuthEventKind.ORGANISATION_DELETED, organisationId: 5 },
    { kind: AuthEventKind.USER_DELETED, userId: 3n },
  );
  const read = async (id: number) =>
    (await system.client.getProject({ projectId: id }, system.as("administrator"))).project;
  await expect
    .poll(async () => ({ organisationId: undefined, ...(await read(projectId)) }))
    .toMatchObject({
      organisationId: undefined,
      teams: [team(8, MAPPER)],
      allowedUserIds: [4n],
    });
  expect(await read(other)).toMatchObject({ organisationId: 6, revision: 2n, teams: [{ teamId: 8 }] });
  const events = await system.database.sql<{ kind: number; fields: string[]; access_changed: boolean }[]>`
    select kind, fields, access_changed from project_events
    where project_id = ${projectId} and revision > 2 order by revision`;
  const fields = new Set(events.flatMap((event) => event.fields));
  expect(fields).toEqual(new Set(["allowed_user_ids", "organisation_id", "teams"]));
  expect(events.every((event) => event.access_changed)).toBe(true);
  expect(events.map(({ kind }) => kind)).toContain(ProjectEventKind.TRANSFERRED);
  expect((await read(projectId))?.revision).toBe(2n + BigInt(events.length));
});

test("a project whose last team is deleted stays published; it can be changed, but published again only for somebody", async () => {
  const forTeams = { teams: [team(11, MAPPER)], mappingPermission: Permission.TEAMS };
  const projectId = await system.project(ProjectStatus.PUBLISHED, forTeams);
  const shut = await refusalOf(system.set(projectId, { teams: [] }));
  expect(shut).toMatchObject({
    reason: "NOBODY_PERMITTED",
    metadata: { permission: "mapping_permission", role: "MAPPER" },
    violations: [{ field: "project.mapping_permission", rule: "permission.team" }],
  });
  await follow();
  history.push({ kind: AuthEventKind.TEAM_DELETED, teamId: 11 });
  const read = async () => (await system.client.getProject({ projectId }, system.as("beginner"))).project;
  await expect
    .poll(
      async () => (await system.client.getProject({ projectId }, system.as("administrator"))).project?.teams,
    )
    .toEqual([]);
  expect(await read()).toMatchObject({ status: ProjectStatus.PUBLISHED });
  const { access } = await system.client.getAccess({ projectId }, system.as("beginner"));
  expect(access?.mapping?.reason).toBe(ProjectReason.NOT_IN_TEAM);
  const { access: managers } = await system.client.getAccess({ projectId }, system.as("administrator"));
  expect(managers?.mapping?.permitted).toBe(true);
  await system.set(projectId, { name: "Palín" });
  await system.set(projectId, { status: ProjectStatus.DRAFT });
  const again = await refusalOf(system.set(projectId, { status: ProjectStatus.PUBLISHED }));
  expect(again.reason).toBe("NOBODY_PERMITTED");
  await system.set(projectId, { status: ProjectStatus.PUBLISHED, mappingPermission: Permission.ANY });
});

test("a deletion waits for a change that is under way, and removes what that wrote", async () => {
  const projectId = await system.project(ProjectStatus.DRAFT);
  const { sql } = system.database;
  const store = referenceStore(sql);
  const holder = randomUUID();
  expect(await store.take(holder)).toBe("");
  // The row is found by another reference, so that the removal meets the lock.
  await sql`insert into project_teams values (${projectId}, 9, ${MAPPER})`;
  const removed = sql.begin(async (changing) => {
    await changing`update projects set revision = revision + 1 where project_id = ${projectId}`;
    const deleted = { teamIds: [9, 10], organisationIds: [], userIds: [] };
    const removing = store.remove({ holder, position: "" }, "p1", deleted);
    await expect.poll(waiting).toBe(1);
    await changing`insert into project_teams values (${projectId}, 10, ${MANAGER})`;
    return { removing };
  });
  expect(await (await removed).removing).toBe(true);
  expect(await sql`select from project_teams where project_id = ${projectId}`).toHaveLength(0);
  expect(await sql`select revision from projects where project_id = ${projectId}`).toEqual([
    { revision: 3n },
  ]);
});

test("a follower whose position the feed has forgotten follows it from its start", async () => {
  const projectId = await system.project(ProjectStatus.DRAFT, { teams: [TEAM] });
  history.push({ kind: AuthEventKind.TEAM_DELETED, teamId: 7 });
  await system.database.sql`update auth_feed set position = 'p99'`;
  await follow();
  const teams = async () => system.database.sql`select from project_teams where project_id = ${projectId}`;
  await expect.poll(teams).toHaveLength(0);
});

const waiting = async () =>
  (
    await system.database.sql`
    select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
  ).length;

/** Follows a feed that sends what `history` has and will have. */
async function follow(): Promise<void> {
  const serving = await serve({
    services: [served(AuthEventService, { watchAuthEvents } as never)],
    verify: () => ({ ...ANONYMOUS, userId: 1n, scopes: new Set(["services"]) }),
    log: silent,
    translate: () => undefined,
    ready: async () => {},
    host: "127.0.0.1",
    port: 0,
    drainMs: 0,
  });
  begun.defer(() => serving.stop());
  const auth = connect(serving.address);
  begun.defer(async () => auth.close());
  const own = { auth, headers: async () => ({ authorization: "Bearer service" }), options: {} };
  const store = { references: referenceStore(system.database.sql), events: { poke: () => {} } };
  const following = followReferences(own, store as never, silent);
  begun.defer(() => following.stop());
}

async function* watchAuthEvents(request: WatchAuthEventsRequest, context: HandlerContext) {
  let at = request.position === "" ? 0 : Number(request.position.slice(1));
  if (at > history.length) throw refuse(Reason.POSITION_INVALID);
  yield { position: `p${at}` };
  while (!context.signal.aborted) {
    for (const event of history.slice(at))
      yield { position: `p${++at}`, event: create(AuthEventSchema, event) };
    await sleep(10);
  }
}
