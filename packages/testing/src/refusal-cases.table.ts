import type { DescMethod, JsonObject } from "@bufbuild/protobuf";
import { AuthService } from "@tessera/contracts/tessera/auth/v1/auth_service_pb.ts";
import { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { requestId } from "./door.ts";
import type { World } from "./world.ts";

type Who = { headers: { authorization: string } } | undefined;

/** One call and the one answer that it must get through either door. */
export interface Case {
  method: DescMethod;
  what: string;
  /** Sets the stage; answers the request and who sends it. */
  play: (world: World) => Promise<{ request: JsonObject; who?: Who }>;
  /** "OK", or the name of a reason. */
  expected: string;
}

const task = TaskService.method;
const project = ProjectService.method;
const auth = AuthService.method;
const NOWHERE = 999_999;
const SQUARE = [
  [
    [
      [10, 10],
      [10.5, 10],
      [10.5, 10.5],
      [10, 10.5],
      [10, 10],
    ],
  ],
];

function of(method: DescMethod, ...cases: [what: string, expected: string, play: Case["play"]][]): Case[] {
  return cases.map(([what, expected, play]) => ({ method, what, expected, play }));
}

const area = (coordinates: number[][][][]): JsonObject => ({ type: "MultiPolygon", coordinates });
const command = (fields: JsonObject): JsonObject => ({ request_id: requestId(), ...fields });
const mapping = { purpose: "LOCK_PURPOSE_MAPPING" };
const validation = { purpose: "LOCK_PURPOSE_VALIDATION" };
const mapped = { outcome: "SUBMISSION_OUTCOME_MAPPED" };
const at = (projectId: number, taskId: number) => ({ project_id: projectId, task_id: taskId });

const AUTH: Case[] = [
  ...of(
    auth.createSession,
    ["somebody known", "OK", async () => ({ request: command({ name: "mapper-1" }) })],
    ["somebody unknown", "PERSON_UNKNOWN", async () => ({ request: command({ name: "nobody" }) })],
    [
      "a name that is too long",
      "FIELD_INVALID",
      async () => ({ request: command({ name: "x".repeat(65) }) }),
    ],
  ),
  ...of(
    auth.getSession,
    [
      "another's",
      "SESSION_NOT_FOUND",
      async ({ mapper }) => ({
        request: { session_id: "0b7f7f3e-2f0b-4e0a-9d0e-111111111111" },
        who: mapper,
      }),
    ],
    ["not a UUID", "FIELD_INVALID", async ({ mapper }) => ({ request: { session_id: "7" }, who: mapper })],
    [
      "nobody signed in",
      "TOKEN_MISSING",
      async () => ({ request: { session_id: "0b7f7f3e-2f0b-4e0a-9d0e-111111111111" } }),
    ],
  ),
  ...of(
    auth.getCurrentUser,
    ["somebody", "OK", async ({ mapper }) => ({ request: {}, who: mapper })],
    ["nobody", "TOKEN_MISSING", async () => ({ request: {} })],
    [
      "a token that is none",
      "TOKEN_INVALID",
      async () => ({ request: {}, who: { headers: { authorization: "Bearer x.y.z" } } }),
    ],
  ),
];

const update = (projectId: number, revision: number | string, change: JsonObject, mask: string) =>
  command({ project: { project_id: projectId, ...change }, update_mask: mask, expected_revision: revision });

const PROJECT: Case[] = [
  ...of(
    project.createProject,
    [
      "by a mapper",
      "CREATION_NOT_PERMITTED",
      async ({ mapper }) => ({
        request: command({ project: { name: "x", area: area(SQUARE) } }),
        who: mapper,
      }),
    ],
    [
      "with a ring that crosses itself",
      "AREA_INVALID",
      async ({ admin }) => ({
        request: command({
          project: {
            name: "x",
            area: area([
              [
                [
                  [10, 10],
                  [11, 11],
                  [11, 10],
                  [10, 11],
                  [10, 10],
                ],
              ],
            ]),
          },
        }),
        who: admin,
      }),
    ],
    [
      "as large as a continent",
      "AREA_TOO_LARGE",
      async ({ admin }) => ({
        request: command({
          project: {
            name: "x",
            area: area([
              [
                [
                  [0, 0],
                  [40, 0],
                  [40, 40],
                  [0, 40],
                  [0, 0],
                ],
              ],
            ]),
          },
        }),
        who: admin,
      }),
    ],
    [
      "without a name",
      "FIELD_INVALID",
      async ({ admin }) => ({ request: command({ project: { area: area(SQUARE) } }), who: admin }),
    ],
    [
      "with a lock length of a second",
      "FIELD_INVALID",
      async ({ admin }) => ({
        request: command({ project: { name: "x", area: area(SQUARE), lock_seconds: 1 } }),
        who: admin,
      }),
    ],
    ["by nobody, and wrong", "TOKEN_MISSING", async () => ({ request: command({ project: {} }) })],
  ),
  ...of(
    project.getProject,
    [
      "a published one, by anybody",
      "OK",
      async ({ projects }) => ({ request: { project_id: projects.published } }),
    ],
    ["none", "PROJECT_NOT_FOUND", async () => ({ request: { project_id: NOWHERE } })],
    [
      "a draft, by a mapper",
      "PROJECT_NOT_FOUND",
      async ({ projects, mapper }) => ({ request: { project_id: projects.draft }, who: mapper }),
    ],
    [
      "a draft, by its manager",
      "OK",
      async ({ projects, admin }) => ({ request: { project_id: projects.draft }, who: admin }),
    ],
    ["number 0", "FIELD_INVALID", async () => ({ request: { project_id: 0 } })],
  ),
  ...of(
    project.listProjects,
    ["the first page", "OK", async () => ({ request: { page_size: 1 } })],
    ["a forged page token", "PAGE_TOKEN_INVALID", async () => ({ request: { page_token: "abc" } })],
    ["too large a page", "FIELD_INVALID", async () => ({ request: { page_size: 101 } })],
  ),
  ...of(
    project.updateProject,
    [
      "by a mapper",
      "NOT_MANAGER",
      async ({ projects, mapper }) => ({
        request: update(projects.published, 2, { name: "y" }, "name"),
        who: mapper,
      }),
    ],
    [
      "none",
      "PROJECT_NOT_FOUND",
      async ({ admin }) => ({ request: update(NOWHERE, 1, { name: "y" }, "name"), who: admin }),
    ],
    [
      "from an older revision",
      "PROJECT_CHANGED",
      async ({ projects, admin }) => ({
        request: update(projects.published, 1, { name: "y" }, "name"),
        who: admin,
      }),
    ],
    [
      "an archived one into a draft",
      "STATUS_NOT_REACHABLE",
      async ({ projects, admin }) => ({
        request: update(projects.archived, 3, { status: "PROJECT_STATUS_DRAFT" }, "status"),
        who: admin,
      }),
    ],
    [
      "a field that does not change",
      "FIELD_INVALID",
      async ({ projects, admin }) => ({
        request: update(projects.published, 2, { revision: "9" }, "revision"),
        who: admin,
      }),
    ],
    [
      "as it is",
      "OK",
      async ({ projects, admin, revisionOf }) => ({
        request: update(projects.draft, await revisionOf(projects.draft), { name: "z" }, "name"),
        who: admin,
      }),
    ],
  ),
  ...of(
    project.getAccess,
    ["anybody's", "OK", async ({ projects }) => ({ request: { project_id: projects.published } })],
    [
      "to a draft, a mapper's",
      "PROJECT_NOT_FOUND",
      async ({ projects, mapper }) => ({ request: { project_id: projects.draft }, who: mapper }),
    ],
  ),
];

const TASK: Case[] = [
  ...of(
    task.createTasks,
    [
      "in a project that is not",
      "PROJECT_NOT_FOUND",
      async ({ admin }) => ({ request: command({ project_id: NOWHERE, zoom: 12 }), who: admin }),
    ],
    [
      "in an archived project",
      "PROJECT_ARCHIVED",
      async ({ projects, admin }) => ({
        request: command({ project_id: projects.archived, zoom: 12 }),
        who: admin,
      }),
    ],
    [
      "by a mapper",
      "NOT_MANAGER",
      async ({ projects, mapper }) => ({
        request: command({ project_id: projects.published, zoom: 12 }),
        who: mapper,
      }),
    ],
    [
      "again",
      "TASKS_EXIST",
      async ({ projects, admin }) => ({
        request: command({ project_id: projects.published, zoom: 12 }),
        who: admin,
      }),
    ],
    [
      "too many",
      "TOO_MANY_TASKS",
      async ({ projects, admin }) => ({
        request: command({ project_id: projects.uncut, zoom: 22 }),
        who: admin,
      }),
    ],
    [
      "at zoom 23",
      "FIELD_INVALID",
      async ({ projects, admin }) => ({
        request: command({ project_id: projects.uncut, zoom: 23 }),
        who: admin,
      }),
    ],
  ),
  ...readers(),
  ...of(
    task.lockTask,
    [
      "a task that is free",
      "OK",
      async (w) => ({
        request: command({ ...at(w.projects.published, w.newTask()), ...mapping }),
        who: await w.newMapper(),
      }),
    ],
    [
      "in a project that is not",
      "PROJECT_NOT_FOUND",
      async ({ mapper }) => ({ request: command({ ...at(NOWHERE, 1), ...mapping }), who: mapper }),
    ],
    [
      "in a draft",
      "PROJECT_NOT_FOUND",
      async ({ projects, mapper }) => ({
        request: command({ ...at(projects.draft, 1), ...mapping }),
        who: mapper,
      }),
    ],
    [
      "in an archived project, also by its manager",
      "PROJECT_ARCHIVED",
      async ({ projects, admin }) => ({
        request: command({ ...at(projects.archived, 1), ...mapping }),
        who: admin,
      }),
    ],
    [
      "below the level",
      "LEVEL_TOO_LOW",
      async ({ projects, mapper }) => ({
        request: command({ ...at(projects.advanced, 1), ...mapping }),
        who: mapper,
      }),
    ],
    [
      "for validation, by a beginner",
      "LEVEL_TOO_LOW",
      async ({ projects, mapper }) => ({
        request: command({ ...at(projects.published, 1), ...validation }),
        who: mapper,
      }),
    ],
    [
      "a second one",
      "LOCK_LIMIT_REACHED",
      async (w) => {
        const who = await w.newMapper();
        await w.lock(w.newTask(), who);
        return { request: command({ ...at(w.projects.published, w.newTask()), ...mapping }), who };
      },
    ],
    [
      "that is not there",
      "TASK_NOT_FOUND",
      async (w) => ({
        request: command({ ...at(w.projects.published, NOWHERE), ...mapping }),
        who: await w.newMapper(),
      }),
    ],
    [
      "that somebody holds",
      "TASK_LOCKED",
      async (w) => {
        const taskId = w.newTask();
        await w.lock(taskId, await w.newMapper());
        return {
          request: command({ ...at(w.projects.published, taskId), ...mapping }),
          who: await w.newMapper(),
        };
      },
    ],
    [
      "that is mapped",
      "TASK_STATE_NOT_LOCKABLE",
      async (w) => ({
        request: command({
          ...at(w.projects.published, await w.mappedTask(await w.newMapper())),
          ...mapping,
        }),
        who: await w.newMapper(),
      }),
    ],
    [
      "that one mapped oneself, for validation",
      "OWN_MAPPING",
      async (w) => ({
        request: command({ ...at(w.projects.published, await w.mappedTask(w.validator)), ...validation }),
        who: w.validator,
      }),
    ],
    [
      "whose lock ran out",
      "OK",
      async (w) => {
        const taskId = w.newTask();
        await w.lock(taskId, await w.newMapper());
        await w.expire(taskId);
        return {
          request: command({ ...at(w.projects.published, taskId), ...mapping }),
          who: await w.newMapper(),
        };
      },
    ],
    [
      "for no purpose",
      "FIELD_INVALID",
      async ({ projects, mapper }) => ({ request: command(at(projects.published, 1)), who: mapper }),
    ],
    [
      "by nobody",
      "TOKEN_MISSING",
      async ({ projects }) => ({ request: command({ ...at(projects.published, 1), ...mapping }) }),
    ],
  ),
  ...holders(task.extendLock, {}),
  ...of(
    task.extendLock,
    [
      "as far as a lock may go",
      "LOCK_LONGEST_REACHED",
      async (w) => {
        const taskId = w.newTask();
        const who = await w.newMapper();
        await w.lock(taskId, who);
        await w.age(taskId);
        return { request: command(at(w.projects.published, taskId)), who };
      },
    ],
    [
      "in an archived project",
      "PROJECT_ARCHIVED",
      async ({ projects, mapper }) => ({ request: command(at(projects.archived, 1)), who: mapper }),
    ],
    [
      "below the level",
      "LEVEL_TOO_LOW",
      async ({ projects, mapper }) => ({ request: command(at(projects.advanced, 1)), who: mapper }),
    ],
  ),
  ...holders(task.releaseLock, {}),
  ...holders(task.submitTask, mapped),
  ...of(
    task.submitTask,
    [
      "with the outcome of a validation",
      "OUTCOME_NOT_POSSIBLE",
      async (w) => {
        const taskId = w.newTask();
        const token = await w.lock(taskId, w.admin);
        return {
          request: command({
            ...at(w.projects.published, taskId),
            lock_token: String(token),
            outcome: "SUBMISSION_OUTCOME_VALIDATED",
          }),
          who: w.admin,
        };
      },
    ],
    [
      "in an archived project",
      "PROJECT_ARCHIVED",
      async ({ projects, mapper }) => ({
        request: command({ ...at(projects.archived, 1), lock_token: "1", ...mapped }),
        who: mapper,
      }),
    ],
    [
      "below the level",
      "LEVEL_TOO_LOW",
      async ({ projects, mapper }) => ({
        request: command({ ...at(projects.advanced, 1), lock_token: "1", ...mapped }),
        who: mapper,
      }),
    ],
    [
      "without a token",
      "FIELD_INVALID",
      async ({ projects, mapper }) => ({
        request: command({ ...at(projects.published, 1), ...mapped }),
        who: mapper,
      }),
    ],
  ),
];

/** What all commands of a holder have in common. */
function holders(method: DescMethod, more: JsonObject): Case[] {
  const tokenOf = (token: bigint | string) => ({ lock_token: String(token), ...more });
  return of(
    method,
    [
      "one's own lock",
      "OK",
      async (w) => {
        const taskId = w.newTask();
        const who = await w.newMapper();
        const token = await w.lock(taskId, who);
        return { request: command({ ...at(w.projects.published, taskId), ...tokenOf(token) }), who };
      },
    ],
    [
      "in a project that is not",
      "PROJECT_NOT_FOUND",
      async ({ mapper }) => ({ request: command({ ...at(NOWHERE, 1), ...tokenOf("1") }), who: mapper }),
    ],
    [
      "a task that is not there",
      "TASK_NOT_FOUND",
      async ({ projects, mapper }) => ({
        request: command({ ...at(projects.published, NOWHERE), ...tokenOf("1") }),
        who: mapper,
      }),
    ],
    [
      "another's lock",
      "LOCK_NOT_HELD",
      async (w) => {
        const taskId = w.newTask();
        const token = await w.lock(taskId, await w.newMapper());
        return {
          request: command({ ...at(w.projects.published, taskId), ...tokenOf(token) }),
          who: await w.newMapper(),
        };
      },
    ],
    [
      "a lock that ran out",
      "LOCK_EXPIRED",
      async (w) => {
        const taskId = w.newTask();
        const who = await w.newMapper();
        const token = await w.lock(taskId, who);
        await w.expire(taskId);
        return { request: command({ ...at(w.projects.published, taskId), ...tokenOf(token) }), who };
      },
    ],
    [
      "by the token of an earlier lock",
      "LOCK_TOKEN_STALE",
      async (w) => {
        const taskId = w.newTask();
        const who = await w.newMapper();
        const token = await w.lock(taskId, who);
        await w.expire(taskId);
        await w.lock(taskId, who);
        return { request: command({ ...at(w.projects.published, taskId), ...tokenOf(token) }), who };
      },
    ],
    [
      "by nobody",
      "TOKEN_MISSING",
      async ({ projects }) => ({ request: command({ ...at(projects.published, 1), ...tokenOf("1") }) }),
    ],
  );
}

/** What all queries of tasks have in common: they are read by anybody who may see the project, and by nobody else. */
function readers(): Case[] {
  const lists = [task.listTasks, task.streamTasks, task.getProgress, task.watchTaskEvents];
  const ofTask = [task.getTask, task.getLock, task.listTaskEvents];
  const some = async (w: World) => {
    const taskId = w.newTask();
    await w.lock(taskId, await w.newMapper(), LockPurpose.MAPPING);
    return { request: at(w.projects.published, taskId) };
  };
  return [
    ...lists.flatMap((method) =>
      of(
        method,
        [
          "of a published project, by anybody",
          "OK",
          async ({ projects }) => ({ request: { project_id: projects.published } }),
        ],
        [
          "of a draft",
          "PROJECT_NOT_FOUND",
          async ({ projects, mapper }) => ({ request: { project_id: projects.draft }, who: mapper }),
        ],
      ),
    ),
    ...ofTask.flatMap((method) =>
      of(
        method,
        ["of a published project, by anybody", "OK", some],
        [
          "of a draft",
          "PROJECT_NOT_FOUND",
          async ({ projects, mapper }) => ({ request: at(projects.draft, 1), who: mapper }),
        ],
        [
          "that is not there",
          "TASK_NOT_FOUND",
          async ({ projects }) => ({ request: at(projects.published, NOWHERE) }),
        ],
      ),
    ),
    ...of(task.getLock, [
      "on a task that nobody holds",
      "LOCK_NOT_FOUND",
      async (w) => ({ request: at(w.projects.published, w.newTask()) }),
    ]),
    ...of(task.listTasks, [
      "with a forged page token",
      "PAGE_TOKEN_INVALID",
      async ({ projects }) => ({ request: { project_id: projects.published, page_token: "abc" } }),
    ]),
    ...of(task.listTaskEvents, [
      "with a forged page token",
      "PAGE_TOKEN_INVALID",
      async ({ projects }) => ({ request: { ...at(projects.published, 1), page_token: "abc" } }),
    ]),
    ...of(task.watchTaskEvents, [
      "from a forged position",
      "POSITION_INVALID",
      async ({ projects }) => ({ request: { project_id: projects.published, position: "x" } }),
    ]),
    ...of(
      task.getSubmission,
      [
        "of a mapped task",
        "OK",
        async (w) => ({
          request: { ...at(w.projects.published, await w.mappedTask(await w.newMapper())), submission_id: 1 },
        }),
      ],
      [
        "that is not there",
        "SUBMISSION_NOT_FOUND",
        async ({ projects }) => ({ request: { ...at(projects.published, 1), submission_id: 9 } }),
      ],
      [
        "in a draft",
        "PROJECT_NOT_FOUND",
        async ({ projects, mapper }) => ({
          request: { ...at(projects.draft, 1), submission_id: 1 },
          who: mapper,
        }),
      ],
    ),
  ];
}

/** All cases, which hold through both doors. */
export const CASES: readonly Case[] = [...AUTH, ...PROJECT, ...TASK];
