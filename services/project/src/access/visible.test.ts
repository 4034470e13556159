import { create } from "@bufbuild/protobuf";
import { type Client, createClient } from "@connectrpc/connect";
import { durationOf } from "@tessera/contracts/duration.ts";
import { MemberFunction } from "@tessera/contracts/tessera/auth/v1/team_pb.ts";
import { MappingLevel, SystemRole } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import { ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { AccessService } from "@tessera/contracts/tessera/project/v1/access_service_pb.ts";
import { ProjectStatus, ProjectTeamSchema } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { type Connection, connect } from "@tessera/rpc/connect.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PersonName } from "../testing/auth.ts";
import { failureOf, refusalOf, square, type TestSystem, testSystem } from "../testing/system.ts";
import { isManager, isVisible, type RuledViewer, type SeenProject } from "./access.ts";
import { managedBy, visibleTo } from "./store.ts";

const { DRAFT, PUBLISHED, ARCHIVED } = ProjectStatus;
const { MAPPER, VALIDATOR, MANAGER } = ProjectRole;
const ABSENT = 2_000_000;
const [AUTHOR, ALLOWED, ORGANISATION] = [70n, 80n, 5];
const TEAMS = [
  [31, MAPPER],
  [32, VALIDATOR],
  [33, MANAGER],
] as const;
let system: TestSystem;
const projects = new Map<number, SeenProject>();

beforeAll(async () => {
  system = await testSystem();
  for (const status of [DRAFT, PUBLISHED, ARCHIVED])
    for (const isPrivate of [false, true]) {
      const projectId = await system.project(status);
      await own(projectId, isPrivate);
      const teams = TEAMS.map(([teamId, role]) => create(ProjectTeamSchema, { teamId, role }));
      const whose = { authorUserId: AUTHOR, organisationId: ORGANISATION, allowedUserIds: [ALLOWED] };
      const project = { status, private: isPrivate, teams, ...whose };
      projects.set(projectId, project);
      if (!isVisible(project, undefined)) await spoil(projectId);
    }
});

afterAll(() => system.stop());

/** Gives a project another author, an organisation, teams and somebody who is allowed. */
async function own(projectId: number, isPrivate: boolean): Promise<void> {
  const { sql } = system.database;
  await sql`
    update projects set is_private = ${isPrivate}, author_user_id = ${AUTHOR}, organisation_id = ${ORGANISATION}
    where project_id = ${projectId}`;
  for (const [teamId, role] of TEAMS)
    await sql`insert into project_teams (project_id, team_id, role) values (${projectId}, ${teamId}, ${role})`;
  await sql`insert into project_users (project_id, user_id) values (${projectId}, ${ALLOWED})`;
}

/** Makes a project unreadable as a whole: a reader of it answers INTERNAL, and would take longer for a large one. */
async function spoil(projectId: number): Promise<void> {
  await system.database.sql`update projects set area = '\\xff' where project_id = ${projectId}`;
}

describe("the condition of queries is the rule of the table", () => {
  const who: [string, RuledViewer][] = [
    ["nobody signed in", undefined],
    ["a stranger", viewer(1n)],
    ["somebody in another team", viewer(1n, [34])],
    ["the manager of another organisation", viewer(1n, [], [6])],
    ["somebody who is allowed", viewer(ALLOWED)],
    ["a mapper's team", viewer(1n, [31])],
    ["a validators' team", viewer(1n, [32, 34])],
    ["a managers' team", viewer(1n, [33])],
    ["a manager of the organisation", viewer(1n, [], [6, ORGANISATION])],
    ["the author", viewer(AUTHOR)],
    ["an administrator", { ...(viewer(1n) as object), systemRole: SystemRole.ADMINISTRATOR } as RuledViewer],
  ];

  test.each(who)("for %s", async (_, asking) => {
    const { sql } = system.database;
    const rows = await sql<{ id: number; visible: boolean; managed: boolean }[]>`
      select project_id as id, ${visibleTo(sql, asking)} as visible, ${managedBy(sql, asking)} as managed
      from projects`;
    expect(rows).toHaveLength(projects.size);
    for (const { id, visible, managed } of rows) {
      const project = projects.get(id) as SeenProject;
      expect([id, visible, managed]).toEqual([id, isVisible(project, asking), isManager(project, asking)]);
    }
  });

  test("for a user known only by id", async () => {
    const { sql } = system.database;
    for (const userId of [1n, ALLOWED, AUTHOR]) {
      const rows = await sql<{ id: number; visible: boolean }[]>`
        select project_id as id, ${visibleTo(sql, { userId })} as visible from projects`;
      for (const { id, visible } of rows)
        expect([id, visible]).toEqual([id, isVisible(projects.get(id) as SeenProject, viewer(userId))]);
    }
  });
});

describe("over the wire", () => {
  let accesses: Client<typeof AccessService>;
  let connection: Connection;

  beforeAll(() => {
    connection = connect(system.address);
    accesses = createClient(AccessService, connection);
  });

  afterAll(() => connection.close());

  const ofRevision = { requestId: "r", expectedRevision: 1n };
  /** Every way to a project that answers whether it is there; the later ones are for people who signed in. */
  const open: [string, (projectId: number, options: object) => Promise<unknown>][] = [
    ["GetProject", (projectId, options) => system.client.getProject({ projectId }, options)],
    ["GetAccess", (projectId, options) => system.client.getAccess({ projectId }, options)],
    ["ListProjectEvents", (projectId, options) => system.events.listProjectEvents({ projectId }, options)],
    [
      "WatchProjectEvents",
      async (projectId, options) => {
        for await (const _ of system.events.watchProjectEvents({ projectId }, options)) break;
      },
    ],
    ["ExportProject", (projectId, options) => system.exchange.exportProject({ projectId }, options)],
  ];
  const signedIn: typeof open = [
    [
      "UpdateProject",
      (projectId, options) => {
        const change = { project: { projectId, name: "Mine" }, updateMask: { paths: ["name"] } };
        return system.client.updateProject({ ...ofRevision, ...change }, options);
      },
    ],
    [
      "CloneProject",
      (projectId, options) => system.client.cloneProject({ requestId: "r", projectId }, options),
    ],
    [
      "TransferProject",
      (projectId, options) =>
        system.client.transferProject({ ...ofRevision, projectId, organisationId: 5 }, options),
    ],
    [
      "DeleteProject",
      (projectId, options) => system.client.deleteProject({ requestId: "r", projectId }, options),
    ],
    [
      "CreateFavourite",
      (projectId, options) => system.favourites.createFavourite({ requestId: "r", projectId }, options),
    ],
    [
      "SetArea",
      (projectId, options) => {
        const given = { source: { case: "area", value: square() } } as object;
        return system.areas.setArea({ ...ofRevision, projectId, ...given, area: square() } as never, options);
      },
    ],
  ];
  const paths = [...open, ...signedIn];

  test.each(paths)(
    "%s: what is hidden answers as what is not there, is not read whole, and asks auth as much",
    async (name, ask) => {
      const anonymous: [string, object][] = open.some(([it]) => it === name) ? [["nobody", {}]] : [];
      for (const [, options] of [...anonymous, ["a stranger", system.as("beginner")] as [string, object]]) {
        const answers = [];
        for (const [projectId, project] of [...projects, [ABSENT, undefined] as const]) {
          if (project !== undefined && isVisible(project, undefined)) continue;
          // A caller is known for some seconds after a call.
          await failureOf(ask(ABSENT, options));
          const before = system.auth.asked();
          const error = await failureOf(ask(projectId, options));
          const { reason, metadata, violations } = await refusalOf(Promise.reject(error));
          const named = JSON.stringify(metadata).replaceAll(String(projectId), "?");
          const asked = system.auth.asked() - before;
          answers.push({ code: error.code, message: error.message, reason, named, violations, asked });
        }
        expect(answers).toHaveLength(5);
        expect(new Set(answers.map((it) => JSON.stringify(it))).size).toBe(1);
      }
    },
  );

  test("lists and batches are of what is there", async () => {
    const ids = [...projects.keys()];
    const expected: [PersonName | undefined, { teams?: number[]; organisations?: number[] }, RuledViewer][] =
      [
        [undefined, {}, undefined],
        ["beginner", {}, viewer(3n)],
        ["intermediate", { teams: [31] }, viewer(4n, [31])],
        ["advanced", { teams: [33] }, viewer(5n, [33])],
        ["otherAdministrator", { organisations: [6] }, { ...viewer(2n), systemRole: 2 } as RuledViewer],
      ];
    for (const [person, belongs, asking] of expected) {
      if (person) system.auth.belongs(person, belongs);
      const options = person ? system.as(person) : {};
      const request = { projectIds: [...ids, ABSENT], maxAge: durationOf(0) };
      const batch = await accesses.batchGetAccess(request, options);
      const there = ids.filter((id) => isVisible(projects.get(id) as SeenProject, asking));
      expect(batch.accesses.map(({ projectId }) => projectId)).toEqual(there);
      expect(batch.missingProjectIds).toEqual([...ids.filter((id) => !there.includes(id)), ABSENT]);
      for (const access of batch.accesses) {
        const { access: single } = await system.client.getAccess({ projectId: access.projectId }, options);
        expect({ ...access, age: undefined }).toEqual({ ...single, age: undefined });
      }
      const { projects: listed } = await system.client.listProjects({ pageSize: 100 }, options);
      expect(listed.map(({ projectId }) => projectId).sort()).toEqual([...there].sort());
    }
  });
});

function viewer(userId: bigint, teams: number[] = [], organisations: number[] = []): RuledViewer {
  return {
    userId,
    systemRole: SystemRole.MAPPER,
    mappingLevel: MappingLevel.BEGINNER,
    managedOrganisationIds: new Set(organisations),
    teams: new Map(teams.map((teamId) => [teamId, MemberFunction.MEMBER])),
    userRevision: 1n,
    membershipVersion: 1n,
  };
}
