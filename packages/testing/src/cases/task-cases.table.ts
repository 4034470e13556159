import type { JsonObject } from "@bufbuild/protobuf";
import { AssignmentService } from "@tessera/contracts/tessera/task/v1/assignment_service_pb.ts";
import { CommentService } from "@tessera/contracts/tessera/task/v1/comment_service_pb.ts";
import { ContributionService } from "@tessera/contracts/tessera/task/v1/contribution_service_pb.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { LockService } from "@tessera/contracts/tessera/task/v1/lock_service_pb.ts";
import { ReportService } from "@tessera/contracts/tessera/task/v1/report_service_pb.ts";
import { SubmissionService } from "@tessera/contracts/tessera/task/v1/submission_service_pb.ts";
import { TaskEventService } from "@tessera/contracts/tessera/task/v1/task_event_service_pb.ts";
import { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { ValidationService } from "@tessera/contracts/tessera/task/v1/validation_service_pb.ts";
import { at, type Case, casesOf, command, gates, NOWHERE } from "../ground/case.ts";
import type { World } from "../ground/world.ts";

const OVER_180 = { west: 11, south: 10, east: 10, north: 11 };
const UPSIDE_DOWN = { west: 10, south: 11, east: 11, north: 10 };
/** In every project that has tasks. */
const POINT = { longitude: 10.2, latitude: 10.3 };

/** Queries of a project that need no more than its number. */
const LISTS = [
  TaskService.method.listTasks,
  TaskService.method.streamTasks,
  TaskService.method.getProgress,
  TaskService.method.getValidationQueue,
  TaskEventService.method.watchTaskEvents,
  TaskEventService.method.listLatestTaskEvents,
  SubmissionService.method.listSubmissions,
  AssignmentService.method.listAssignments,
  ContributionService.method.listContributors,
  ContributionService.method.listContributions,
  ReportService.method.listReports,
  ValidationService.method.listSampledTasks,
  ValidationService.method.listDisagreements,
];
/** Queries of a task. */
const OF_TASK = [
  TaskService.method.getTask,
  LockService.method.getLock,
  TaskEventService.method.listTaskEvents,
  TaskService.method.listSubtasks,
  CommentService.method.listComments,
];

/** What all queries have in common: they are answered to anybody who may see the project, and to nobody else. */
const READ: Case[] = [
  ...LISTS.flatMap((method) => [
    ...gates(method, {}),
    ...casesOf(
      method,
      [
        "of a published project, by anybody",
        "OK",
        async ({ projects }) => ({ request: { project_id: projects.published } }),
      ],
      [
        "of a draft, by its manager",
        "OK",
        async ({ projects, admin }) => ({ request: { project_id: projects.draft }, who: admin }),
      ],
    ),
  ]),
  ...OF_TASK.flatMap((method) => [
    ...gates(method, { task_id: 1 }),
    ...casesOf(
      method,
      [
        "of a published project, by anybody",
        "OK",
        async (w) => {
          const taskId = w.newTask();
          await w.lock(taskId, await w.newMapper());
          return { request: at(w.projects.published, taskId) };
        },
      ],
      [
        "that is not there",
        "TASK_NOT_FOUND",
        async ({ projects }) => ({ request: at(projects.published, NOWHERE) }),
      ],
      ["number 0", "FIELD_INVALID", async ({ projects }) => ({ request: at(projects.published, 0) })],
    ),
  ]),
  ...[TaskService.method.listTasks, TaskService.method.streamTasks].flatMap((method) => {
    const by = (what: string, expected: string, fields: JsonObject) =>
      casesOf(method, [
        what,
        expected,
        async ({ projects }) => ({ request: { project_id: projects.published, ...fields } }),
      ]);
    return [
      ...by("by a filter", "OK", {
        filter: {
          states: ["TASK_STATE_READY", "TASK_STATE_MAPPED"],
          task_ids: [500, 501],
          bounding_box: { west: 9, south: 9, east: 11, north: 11 },
        },
      }),
      ...by("by number only", "OK", { view: "TASK_VIEW_ID" }),
      ...by("in a box over 180°", "OK", { filter: { bounding_box: OVER_180 } }),
      ...by("in a box without its east", "FIELD_INVALID", {
        filter: { bounding_box: { west: 0, south: 0, north: 1 } },
      }),
      ...by("in a box with its south in the north", "FIELD_INVALID", {
        filter: { bounding_box: UPSIDE_DOWN },
      }),
      ...by("in a box beyond the pole", "FIELD_INVALID", { filter: { bounding_box: { north: 91 } } }),
      ...by("in no state", "FIELD_INVALID", { filter: { states: ["TASK_STATE_UNSPECIFIED"] } }),
      ...by("of a task named twice", "FIELD_INVALID", { filter: { task_ids: [7, 7] } }),
    ];
  }),
  ...casesOf(
    TaskService.method.listTasks,
    [
      "changed since a forged position",
      "POSITION_INVALID",
      async ({ projects }) => ({ request: { project_id: projects.published, changed_since: "x" } }),
    ],
    [
      "changed since the beginning",
      "OK",
      async ({ projects }) => ({ request: { project_id: projects.published, changed_since: "p0" } }),
    ],
    [
      "by a page token of another filter",
      "PAGE_TOKEN_INVALID",
      async ({ projects, system }) => {
        const request = { projectId: projects.published, pageSize: 1 };
        const { nextPageToken } = await system.task.listTasks(request);
        const filter = { states: ["TASK_STATE_READY"] };
        return { request: { project_id: projects.published, page_token: nextPageToken, filter } };
      },
    ],
  ),
  ...casesOf(
    TaskEventService.method.watchTaskEvents,
    [
      "from a forged position",
      "POSITION_INVALID",
      async ({ projects }) => ({ request: { project_id: projects.published, position: "x" } }),
    ],
    [
      "from a position that was not given yet",
      "POSITION_INVALID",
      async ({ projects }) => ({ request: { project_id: projects.published, position: "pzzzzzz" } }),
    ],
  ),
  ...casesOf(LockService.method.getLock, [
    "on a task that nobody holds",
    "LOCK_NOT_FOUND",
    async (w) => ({ request: at(w.projects.published, w.newTask()) }),
  ]),
  ...gates(SubmissionService.method.getSubmission, { task_id: 1, submission_id: 1 }),
  ...casesOf(
    SubmissionService.method.getSubmission,
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
      "number 0",
      "FIELD_INVALID",
      async ({ projects }) => ({ request: { ...at(projects.published, 1), submission_id: 0 } }),
    ],
  ),
];

const undoing = async (w: World, taskId: number) =>
  command({ ...at(w.projects.published, taskId), expected_revision: await w.taskRevision(taskId) });

const UNDO: Case[] = [
  ...gates(SubmissionService.method.undoTask, { task_id: 1, expected_revision: "1" }),
  ...casesOf(
    SubmissionService.method.undoTask,
    [
      "one's own mapping",
      "OK",
      async (w) => {
        const who = await w.newMapper();
        return { request: await undoing(w, await w.mappedTask(who)), who };
      },
    ],
    [
      "another's mapping, by a validator",
      "OK",
      async (w) => ({ request: await undoing(w, await w.mappedTask(await w.newMapper())), who: w.validator }),
    ],
    [
      "another's mapping, by a beginner who commented on it",
      "UNDO_NOT_PERMITTED",
      async (w) => {
        const taskId = await w.mappedTask(await w.newMapper());
        await w.comment(taskId, w.mapper);
        return { request: await undoing(w, taskId), who: w.mapper };
      },
    ],
    [
      "a task that is not there",
      "TASK_NOT_FOUND",
      async (w) => ({
        request: command({ ...at(w.projects.published, NOWHERE), expected_revision: "1" }),
        who: w.mapper,
      }),
    ],
    [
      "a task that changed since",
      "TASK_CHANGED",
      async (w) => {
        const who = await w.newMapper();
        const task = at(w.projects.published, await w.mappedTask(who));
        return { request: command({ ...task, expected_revision: "1" }), who };
      },
    ],
    [
      "a task that somebody validates at present",
      "TASK_LOCKED",
      async (w) => {
        const who = await w.newMapper();
        const taskId = await w.mappedTask(who);
        await w.lock(taskId, w.validator, LockPurpose.VALIDATION);
        return { request: await undoing(w, taskId), who };
      },
    ],
    [
      "a task as it was created",
      "NOTHING_TO_UNDO",
      async (w) => ({ request: await undoing(w, w.newTask()), who: w.validator }),
    ],
    [
      "number 0",
      "FIELD_INVALID",
      async (w) => ({
        request: command({ ...at(w.projects.published, 0), expected_revision: "1" }),
        who: w.mapper,
      }),
    ],
  ),
];

const reserved = { user_id: "1", reservation: "3600s" };
const assigning = ({ projects, somebodyElse }: World, taskId: number, more: JsonObject = {}) =>
  command({ ...at(projects.published, taskId), ...reserved, user_id: String(somebodyElse), ...more });

const ASSIGN: Case[] = [
  ...gates(AssignmentService.method.assignTask, { task_id: 1, ...reserved }),
  ...casesOf(
    AssignmentService.method.assignTask,
    ["a task that is free", "OK", async (w) => ({ request: assigning(w, w.newTask()), who: w.admin })],
    [
      "a task that is reserved for another",
      "OK",
      async (w) => ({ request: assigning(w, await w.assignedTask()), who: w.admin }),
    ],
    [
      "to a person who is not there",
      "USER_NOT_FOUND",
      async (w) => ({ request: assigning(w, w.newTask(), { user_id: String(NOWHERE) }), who: w.admin }),
    ],
    [
      "a task that is not there",
      "TASK_NOT_FOUND",
      async (w) => ({ request: assigning(w, NOWHERE), who: w.admin }),
    ],
    [
      "a task that is mapped",
      "TASK_STATE_NOT_ASSIGNABLE",
      async (w) => ({ request: assigning(w, await w.mappedTask(await w.newMapper())), who: w.admin }),
    ],
    [
      "for a second",
      "FIELD_INVALID",
      async (w) => ({ request: assigning(w, 1, { reservation: "1s" }), who: w.admin }),
    ],
    [
      "for no time",
      "FIELD_INVALID",
      async (w) => ({ request: assigning(w, 1, { reservation: "0s" }), who: w.admin }),
    ],
    [
      "for 91 days",
      "FIELD_INVALID",
      async (w) => ({ request: assigning(w, 1, { reservation: "7862400s" }), who: w.admin }),
    ],
    [
      "for nobody",
      "FIELD_INVALID",
      async (w) => ({ request: assigning(w, 1, { user_id: "0" }), who: w.admin }),
    ],
  ),
  ...gates(AssignmentService.method.unassignTask, { task_id: 1 }),
  ...casesOf(
    AssignmentService.method.unassignTask,
    [
      "a task that is reserved",
      "OK",
      async (w) => ({ request: command(at(w.projects.published, await w.assignedTask())), who: w.admin }),
    ],
    [
      "a task that is reserved for nobody",
      "ASSIGNMENT_NOT_FOUND",
      async (w) => ({ request: command(at(w.projects.published, w.newTask())), who: w.admin }),
    ],
    [
      "a task that is not there",
      "TASK_NOT_FOUND",
      async (w) => ({ request: command(at(w.projects.published, NOWHERE)), who: w.admin }),
    ],
  ),
  ...gates(AssignmentService.method.getAssignment, { task_id: 1 }),
  ...casesOf(
    AssignmentService.method.getAssignment,
    [
      "of a task that is reserved",
      "OK",
      async (w) => ({ request: at(w.projects.published, await w.assignedTask()) }),
    ],
    [
      "of a task that is reserved for nobody",
      "ASSIGNMENT_NOT_FOUND",
      async (w) => ({ request: at(w.projects.published, w.newTask()) }),
    ],
    [
      "of a task whose reservation expired",
      "ASSIGNMENT_NOT_FOUND",
      async (w) => {
        const taskId = await w.assignedTask();
        await w.endAssignment(taskId);
        return { request: at(w.projects.published, taskId) };
      },
    ],
    [
      "of a task that is not there",
      "TASK_NOT_FOUND",
      async (w) => ({ request: at(w.projects.published, NOWHERE) }),
    ],
  ),
];

const commenting = ({ projects }: World, taskId: number, text: string) =>
  command({ ...at(projects.published, taskId), text });

/** People who delete the mapper's comment. */
const DELETERS: [what: string, expected: string, who: (w: World) => World["mapper"]][] = [
  ["of one's own", "OK", (w) => w.mapper],
  ["of somebody else, by a manager", "OK", (w) => w.admin],
  ["of somebody else, by a validator", "COMMENT_NOT_YOURS", (w) => w.validator],
];

const COMMENT: Case[] = [
  ...gates(CommentService.method.createComment, { task_id: 1, text: "x" }),
  ...casesOf(
    CommentService.method.createComment,
    [
      "on a task that somebody else holds",
      "OK",
      async (w) => {
        const taskId = w.newTask();
        await w.lock(taskId, await w.newMapper());
        return { request: commenting(w, taskId, "Mind the river."), who: w.mapper };
      },
    ],
    [
      "on a task that is not there",
      "TASK_NOT_FOUND",
      async (w) => ({ request: commenting(w, NOWHERE, "x"), who: w.mapper }),
    ],
    ["of nothing", "FIELD_INVALID", async (w) => ({ request: commenting(w, 1, ""), who: w.mapper })],
    [
      "that is too long",
      "FIELD_INVALID",
      async (w) => ({ request: commenting(w, 1, "x".repeat(5_001)), who: w.mapper }),
    ],
    ["with a NUL", "FIELD_INVALID", async (w) => ({ request: commenting(w, 1, "\u0000"), who: w.mapper })],
  ),
  ...gates(CommentService.method.deleteComment, { task_id: 1, comment_id: 1 }),
  ...casesOf(
    CommentService.method.deleteComment,
    ...DELETERS.map(([what, expected, who]): Parameters<typeof casesOf>[1] => [
      what,
      expected,
      async (w) => {
        const taskId = w.newTask();
        await w.comment(taskId, w.mapper);
        const comment = { ...at(w.projects.published, taskId), comment_id: 1 };
        return { request: command(comment), who: who(w) };
      },
    ]),
    [
      "on a task that is not there",
      "TASK_NOT_FOUND",
      async (w) => ({
        request: command({ ...at(w.projects.published, NOWHERE), comment_id: 1 }),
        who: w.mapper,
      }),
    ],
    [
      "that is not there",
      "COMMENT_NOT_FOUND",
      async (w) => ({
        request: command({ ...at(w.projects.published, w.newTask()), comment_id: 1 }),
        who: w.admin,
      }),
    ],
    [
      "number 0",
      "FIELD_INVALID",
      async ({ projects, mapper }) => ({
        request: command({ ...at(projects.published, 1), comment_id: 0 }),
        who: mapper,
      }),
    ],
  ),
  ...gates(CommentService.method.getComment, { task_id: 1, comment_id: 1 }),
  ...casesOf(
    CommentService.method.getComment,
    [
      "by anybody",
      "OK",
      async (w) => {
        const taskId = w.newTask();
        await w.comment(taskId, w.mapper);
        return { request: { ...at(w.projects.published, taskId), comment_id: 1 } };
      },
    ],
    [
      "that is not there",
      "COMMENT_NOT_FOUND",
      async (w) => ({ request: { ...at(w.projects.published, w.newTask()), comment_id: 1 } }),
    ],
    [
      "number 0",
      "FIELD_INVALID",
      async ({ projects }) => ({ request: { ...at(projects.published, 1), comment_id: 0 } }),
    ],
  ),
];

const reporting = (projectId: number, more: JsonObject = {}) =>
  command({ project_id: projectId, ...POINT, category: "missed-feature", ...more });

const REPORT: Case[] = [
  ...gates(TaskService.method.searchTasks, POINT),
  ...casesOf(
    TaskService.method.searchTasks,
    ["in all projects", "OK", async () => ({ request: POINT })],
    ["where there is none", "OK", async () => ({ request: { longitude: -120, latitude: -40 } })],
    ["at no place", "FIELD_INVALID", async () => ({ request: {} })],
    ["at a latitude alone", "FIELD_INVALID", async () => ({ request: { latitude: 0 } })],
    ["beyond the pole", "FIELD_INVALID", async () => ({ request: { ...POINT, latitude: 90.5 } })],
  ),
  ...gates(ReportService.method.createReport, { ...POINT, category: "missed-feature" }),
  ...casesOf(
    ReportService.method.createReport,
    [
      "in one project",
      "OK",
      async ({ projects, mapper }) => ({
        request: reporting(projects.spare, { source: "field tool", external_id: "7" }),
        who: mapper,
      }),
    ],
    [
      "that its tool sent before, with other words",
      "REPORT_EXISTS",
      async (w) => {
        const sent = { ...POINT, source: "field tool", externalId: "8" };
        await w.reportedTask(sent);
        const key = { source: "field tool", external_id: "8", description: "Something else." };
        return { request: reporting(w.projects.spare, key), who: w.mapper };
      },
    ],
    [
      "in whichever has a task there",
      "OK",
      async ({ mapper }) => ({ request: command({ ...POINT, category: "missed-feature" }), who: mapper }),
    ],
    [
      "at no place",
      "FIELD_INVALID",
      async ({ projects, mapper }) => ({
        request: command({ project_id: projects.spare, category: "missed-feature" }),
        who: mapper,
      }),
    ],
    [
      "where there is no task",
      "NO_TASK_AT_POINT",
      async ({ projects, mapper }) => ({
        request: reporting(projects.spare, { longitude: -120 }),
        who: mapper,
      }),
    ],
    [
      "without a category",
      "FIELD_INVALID",
      async ({ projects, mapper }) => ({ request: reporting(projects.spare, { category: "" }), who: mapper }),
    ],
    [
      "beyond the pole",
      "FIELD_INVALID",
      async ({ projects, mapper }) => ({
        request: reporting(projects.spare, { latitude: -91 }),
        who: mapper,
      }),
    ],
    [
      "from a source with a line break",
      "FIELD_INVALID",
      async ({ projects, mapper }) => ({
        request: reporting(projects.spare, { source: "a\nb" }),
        who: mapper,
      }),
    ],
  ),
  ...gates(ReportService.method.getReport, { task_id: 1, report_id: 1 }),
  ...casesOf(
    ReportService.method.getReport,
    [
      "by anybody",
      "OK",
      async (w) => ({ request: { ...at(w.projects.spare, await w.reportedTask(POINT)), report_id: 1 } }),
    ],
    [
      "that is not there",
      "REPORT_NOT_FOUND",
      async (w) => ({ request: { ...at(w.projects.published, 1), report_id: 1_000 } }),
    ],
    [
      "number 0",
      "FIELD_INVALID",
      async ({ projects }) => ({ request: { ...at(projects.published, 1), report_id: 0 } }),
    ],
  ),
];

/** What is read of tasks, and what people do to them without holding them. */
export const TASK_CASES: readonly Case[] = [...READ, ...UNDO, ...ASSIGN, ...COMMENT, ...REPORT];
