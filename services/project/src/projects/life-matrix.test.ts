import { randomUUID } from "node:crypto";
import { ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { refusalOf, type TestSystem, testSystem } from "../testing/system.ts";

/** The organisation of every project here, and a team that may map in each. */
const ORGANISATION = 7;
const TEAM = 4;
const AUTHOR = 5n;

/** In the order of the columns below. */
const ROLES = ["anonymous", "stranger", "member", "author", "organisation", "administrator"] as const;
const PERSONS = {
  anonymous: undefined,
  stranger: "advanced",
  member: "intermediate",
  author: "advanced",
  organisation: "beginner",
  administrator: "administrator",
} as const;

/** For each kind of project and each RPC: what each role is answered. */
const EXPECTED = `
  published        get       ok       ok      ok       ok       ok ok
  published        update    sign-in  manager manager  ok       ok ok
  published        clone     sign-in  create  create   create   ok ok
  published        transfer  sign-in  manager manager  transfer ok ok
  published        delete    sign-in  manager manager  ok       ok ok
  published        favourite sign-in  ok      ok       ok       ok ok
  archived         get       ok       ok      ok       ok       ok ok
  archived         update    sign-in  manager manager  ok       ok ok
  archived         clone     sign-in  create  create   create   ok ok
  archived         transfer  sign-in  manager manager  transfer ok ok
  archived         delete    sign-in  manager manager  ok       ok ok
  archived         favourite sign-in  ok      ok       ok       ok ok
  private          get       absent   absent  ok       ok       ok ok
  private          update    sign-in  absent  manager  ok       ok ok
  private          clone     sign-in  absent  create   create   ok ok
  private          transfer  sign-in  absent  manager  transfer ok ok
  private          delete    sign-in  absent  manager  ok       ok ok
  private          favourite sign-in  absent  ok       ok       ok ok
  private-archived get       absent   absent  ok       ok       ok ok
  private-archived update    sign-in  absent  manager  ok       ok ok
  private-archived clone     sign-in  absent  create   create   ok ok
  private-archived transfer  sign-in  absent  manager  transfer ok ok
  private-archived delete    sign-in  absent  manager  ok       ok ok
  private-archived favourite sign-in  absent  ok       ok       ok ok
  draft            get       absent   absent  absent   ok       ok ok
  draft            update    sign-in  absent  absent   ok       ok ok
  draft            clone     sign-in  absent  absent   create   ok ok
  draft            transfer  sign-in  absent  absent   transfer ok ok
  draft            delete    sign-in  absent  absent   ok       ok ok
  draft            favourite sign-in  absent  absent   ok       ok ok
  none             get       absent   absent  absent   absent   absent absent
  none             update    sign-in  absent  absent   absent   absent absent
  none             clone     sign-in  absent  absent   absent   absent absent
  none             transfer  sign-in  absent  absent   absent   absent absent
  none             delete    sign-in  absent  absent   absent   absent absent
  none             favourite sign-in  absent  absent   absent   absent absent
`;

const REASONS: Record<string, string> = {
  "sign-in": "TOKEN_MISSING",
  absent: "PROJECT_NOT_FOUND",
  manager: "NOT_MANAGER",
  create: "CREATION_NOT_PERMITTED",
  transfer: "TRANSFER_NOT_PERMITTED",
};

const KINDS: Record<string, { status: ProjectStatus; private: boolean }> = {
  published: { status: ProjectStatus.PUBLISHED, private: false },
  archived: { status: ProjectStatus.ARCHIVED, private: false },
  private: { status: ProjectStatus.PUBLISHED, private: true },
  "private-archived": { status: ProjectStatus.ARCHIVED, private: true },
  draft: { status: ProjectStatus.DRAFT, private: false },
};

const CELLS = EXPECTED.trim()
  .split("\n")
  .flatMap((line) => {
    const [kind, rpc, ...cells] = line.trim().split(/\s+/) as [string, string, ...string[]];
    return ROLES.map((role, column) => [kind, rpc, role, cells[column] as string] as const);
  });

let system: TestSystem;
let template: number;

beforeAll(async () => {
  system = await testSystem();
  system.auth.belongs("intermediate", { teams: [TEAM] });
  system.auth.belongs("beginner", { organisations: [ORGANISATION] });
  template = await system.project(ProjectStatus.DRAFT, { organisationId: ORGANISATION });
});

afterAll(() => system.stop());

test("every cell is there", () => {
  const rpcs = 6;
  expect(CELLS).toHaveLength((Object.keys(KINDS).length + 1) * rpcs * ROLES.length);
  expect(CELLS.every(([, , , cell]) => cell === "ok" || cell in REASONS)).toBe(true);
});

test.each(CELLS)("%s project, %s by %s: %s", async (kind, rpc, role, cell) => {
  const projectId = kind === "none" ? 2_000_000 : await copyOf(kind, role === "author");
  const person = PERSONS[role];
  const call = CALLS[rpc]?.(projectId, person ? system.as(person) : {}) as Promise<unknown>;
  if (cell === "ok") await call;
  else expect((await refusalOf(call)).reason).toBe(REASONS[cell]);
});

const CALLS: Record<string, (projectId: number, who: object) => Promise<unknown>> = {
  get: (projectId, who) => system.client.getProject({ projectId }, who),
  update: (projectId, who) => {
    const change = { project: { projectId, imagery: "bing" }, updateMask: { paths: ["imagery"] } };
    return system.client.updateProject({ requestId: randomUUID(), ...change, expectedRevision: 1n }, who);
  },
  clone: (projectId, who) => system.client.cloneProject({ requestId: randomUUID(), projectId }, who),
  transfer: (projectId, who) => {
    const request = { requestId: randomUUID(), projectId, authorUserId: 4n, expectedRevision: 1n };
    return system.client.transferProject(request, who);
  },
  delete: (projectId, who) => system.client.deleteProject({ requestId: randomUUID(), projectId }, who),
  favourite: (projectId, who) =>
    system.favourites.createFavourite({ requestId: randomUUID(), projectId }, who),
};

/** A project of a kind that nobody has seen yet. */
async function copyOf(kind: string, own: boolean): Promise<number> {
  const { sql } = system.database;
  const { status, private: isPrivate } = KINDS[kind] as { status: ProjectStatus; private: boolean };
  const changes = { status, is_private: isPrivate, author_user_id: own ? Number(AUTHOR) : 1, revision: 1 };
  const [row] = await sql<{ project_id: number }[]>`
    insert into projects
    select (jsonb_populate_record(p, ${sql.json(changes)} || jsonb_build_object(
      'project_id', nextval('project_ids')::integer))).*
    from projects p where project_id = ${template}
    returning project_id`;
  const { project_id: projectId } = row as { project_id: number };
  await sql`insert into project_teams (project_id, team_id, role) values (${projectId}, ${TEAM}, 2)`;
  return projectId;
}
