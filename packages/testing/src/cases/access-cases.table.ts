import { create, type DescMethod, type JsonObject } from "@bufbuild/protobuf";
import { MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { AccessService } from "@tessera/contracts/tessera/project/v1/access_service_pb.ts";
import {
  Permission,
  type Project,
  ProjectStatus,
  ProjectTeamSchema,
} from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { LockService } from "@tessera/contracts/tessera/task/v1/lock_service_pb.ts";
import { ReportService } from "@tessera/contracts/tessera/task/v1/report_service_pb.ts";
import { SubmissionService } from "@tessera/contracts/tessera/task/v1/submission_service_pb.ts";
import { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { type Case, casesOf, command, NOWHERE } from "../ground/case.ts";
import { requestId } from "../ground/door.ts";
import { teamStage } from "../ground/team-ground.ts";
import { cut, type World } from "../ground/world.ts";

const access = AccessService.method;

const POINT = { longitude: 10.25, latitude: 10.25 };
const SQUARE = {
  coordinates: [10, 10, 10.5, 10, 10.5, 10.5, 10, 10.5, 10, 10],
  ringLengths: [5],
  polygonLengths: [1],
};
const ZOOM = 11;

/** Projects in which a mapper may not work, each made once for a world. */
const made = new WeakMap<World, Map<string, Promise<number>>>();

function madeOnce(w: World, what: string, make: () => Promise<number>): Promise<number> {
  const projects = made.get(w) ?? new Map<string, Promise<number>>();
  made.set(w, projects);
  const known = projects.get(what) ?? make();
  projects.set(what, known);
  return known;
}

/** A published project with tasks; `isPrivate` for its managers alone. */
async function published({ system, admin }: World, settings: Partial<Project>): Promise<number> {
  const project = { name: "Access", area: create(MultiPolygonSchema, SQUARE), ...settings };
  const created = await system.project.createProject({ requestId: requestId(), project } as never, admin);
  const projectId = Number(created.acknowledgement?.name.split("/")[1]);
  const changed = { projectId, status: ProjectStatus.PUBLISHED };
  await system.project.updateProject(
    { requestId: requestId(), project: changed, updateMask: { paths: ["status"] }, expectedRevision: 1n },
    admin,
  );
  await cut(system, admin, projectId, ZOOM);
  return projectId;
}

/** Where both kinds of work are for a team of others. */
const teamsOnly = (w: World) =>
  madeOnce(w, "teams", async () => {
    const { teamId } = await teamStage(w);
    return published(w, {
      mappingPermission: Permission.TEAMS,
      validationPermission: Permission.TEAMS,
      teams: [create(ProjectTeamSchema, { teamId, role: ProjectRole.VALIDATOR })],
    });
  });

const hidden = (w: World) => madeOnce(w, "private", () => published(w, { private: true }));

/** A project whose licence nobody accepted. */
const licensed = (w: World) =>
  madeOnce(w, "licence", async () => {
    const [row] = await w.system.databases.project.sql<{ licence_id: number }[]>`
      insert into licences (name, description, plain_text, create_time, update_time)
      values (${requestId()}, '', 'Be kind.', now(), now()) returning licence_id`;
    return published(w, { licenceId: row?.licence_id ?? 0 });
  });

const mapping = { purpose: "LOCK_PURPOSE_MAPPING" };
const mapped = { task_id: 1, lock_token: "1", result: "SUBMISSION_RESULT_MAPPED" };

/** The commands by which work is done, each with what it asks for beside the project. */
const WORK: [DescMethod, JsonObject][] = [
  [LockService.method.lockTask, { task_id: 1, ...mapping }],
  [LockService.method.lockTasks, { task_ids: [1], ...mapping }],
  [LockService.method.claimTask, mapping],
  [LockService.method.extendLock, { task_id: 1, lock_token: "1" }],
  [SubmissionService.method.submitTask, mapped],
  [SubmissionService.method.submitTasks, { submissions: [mapped] }],
  [TaskService.method.splitTask, { task_id: 1, lock_token: "1" }],
  [SubmissionService.method.undoTask, { task_id: 1, expected_revision: "1" }],
  [ReportService.method.createReport, { ...POINT, category: "missed-feature" }],
];

const work: Case[] = WORK.flatMap(([method, fields]) => {
  const by = (who: "mapper" | "admin", where: (w: World) => Promise<number>): Case["play"] => {
    return async (w) => ({ request: command({ project_id: await where(w), ...fields }), who: w[who] });
  };
  return casesOf(
    method,
    ["where the work is for teams", "NOT_IN_TEAM", by("mapper", teamsOnly)],
    ["before the licence is accepted", "LICENCE_NOT_ACCEPTED", by("mapper", licensed)],
    ["before the licence is accepted, by a manager", "LICENCE_NOT_ACCEPTED", by("admin", licensed)],
    ["in a private project of others", "PROJECT_NOT_FOUND", by("mapper", hidden)],
  );
});

const queries: Case[] = [
  ...casesOf(
    ProjectService.method.getAccess,
    [
      "as fresh as can be",
      "OK",
      async ({ projects, mapper }) => ({
        request: { project_id: projects.published, max_age: "0s" },
        who: mapper,
      }),
    ],
    [
      "to a private project of others",
      "PROJECT_NOT_FOUND",
      async (w) => ({ request: { project_id: await hidden(w) }, who: w.mapper }),
    ],
    [
      "to a private project, by nobody",
      "PROJECT_NOT_FOUND",
      async (w) => ({ request: { project_id: await hidden(w) } }),
    ],
    [
      "to a private project, its manager's",
      "OK",
      async (w) => ({ request: { project_id: await hidden(w) }, who: w.admin }),
    ],
    ["to one that is not", "PROJECT_NOT_FOUND", async () => ({ request: { project_id: NOWHERE } })],
    [
      "fresher than now",
      "FIELD_INVALID",
      async ({ projects }) => ({ request: { project_id: projects.published, max_age: "-1s" } }),
    ],
  ),
  ...casesOf(ProjectService.method.getProject, [
    "a private one of others",
    "PROJECT_NOT_FOUND",
    async (w) => ({ request: { project_id: await hidden(w) }, who: w.mapper }),
  ]),
  ...casesOf(
    access.batchGetAccess,
    [
      "to many, some of which are not there",
      "OK",
      async (w) => ({
        request: { project_ids: [w.projects.published, await hidden(w), NOWHERE] },
        who: w.mapper,
      }),
    ],
    [
      "nobody's",
      "OK",
      async ({ projects }) => ({ request: { project_ids: [projects.published, projects.draft] } }),
    ],
    ["to none", "FIELD_INVALID", async () => ({ request: { project_ids: [] } })],
    ["to one twice", "FIELD_INVALID", async () => ({ request: { project_ids: [1, 1] } })],
    [
      "to too many",
      "FIELD_INVALID",
      async () => ({ request: { project_ids: Array.from({ length: 101 }, (_, index) => index + 1) } }),
    ],
  ),
  ...casesOf(
    access.batchGetUserAccess,
    [
      "of many, for a service",
      "OK",
      async (w) => {
        const { userId } = await w.newPerson();
        const request = { project_id: w.projects.published, user_ids: [userId, NOWHERE] };
        return { request, who: await w.newService() };
      },
    ],
    [
      "of somebody, for a person",
      "SCOPE_MISSING",
      async ({ projects, admin }) => ({
        request: { project_id: projects.published, user_ids: [1] },
        who: admin,
      }),
    ],
    [
      "for nobody",
      "TOKEN_MISSING",
      async ({ projects }) => ({ request: { project_id: projects.published, user_ids: [1] } }),
    ],
    [
      "of user 0",
      "FIELD_INVALID",
      async (w) => ({
        request: { project_id: w.projects.published, user_ids: ["0"] },
        who: await w.newService(),
      }),
    ],
  ),
];

/** Permissions, and the commands that depend on them. */
export const ACCESS_CASES: readonly Case[] = [...queries, ...work];
