import type { JsonObject } from "@bufbuild/protobuf";
import { OperationService } from "@tessera/contracts/tessera/task/v1/operation_service_pb.ts";
import { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { type Case, casesOf, command, gates, NOWHERE } from "../ground/case.ts";
import type { World } from "../ground/world.ts";

/** A square of a tenth of a degree. */
const square = (west: number, south: number): JsonObject => ({
  type: "MultiPolygon",
  coordinates: [
    [
      [
        [west, south],
        [west + 0.1, south],
        [west + 0.1, south + 0.1],
        [west, south + 0.1],
        [west, south],
      ],
    ],
  ],
});

/** The ways to say what the tasks shall be, and the wrong ways to. */
const CREATE: Case[] = [
  ...gates(TaskService.method.createTasks, { zoom: 12 }),
  ...Object.entries({
    "at a zoom": { zoom: 11 },
    "the whole world in one square": { zoom: 0 },
    "at a zoom, whole": { zoom: 11, edge: "GRID_EDGE_WHOLE" },
    "into a number of tasks": { task_count: 10 },
    "squares by metres": { size_metres: 20_000 },
    "filling, where there are no tasks yet": { zoom: 11, fill: true },
    "from areas": { areas: [square(10, 10), square(10.2, 10.2)] },
  } as Record<string, JsonObject>).flatMap(([what, fields]) =>
    casesOf(TaskService.method.createTasks, [
      what,
      "OK",
      async (w) => ({ request: command({ project_id: await w.newDraft(), ...fields }), who: w.admin }),
    ]),
  ),
  ...casesOf(
    TaskService.method.createTasks,
    [
      "again",
      "TASKS_EXIST",
      async ({ projects, admin }) => ({
        request: command({ project_id: projects.published, zoom: 12 }),
        who: admin,
      }),
    ],
    [
      "where ten operations are under way",
      "TOO_MANY_OPERATIONS",
      async ({ projects, admin }) => ({
        request: command({ project_id: projects.busy, zoom: 12 }),
        who: admin,
      }),
    ],
  ),
  ...Object.entries({
    "at too deep a zoom": ["TOO_MANY_TASKS", { zoom: 22 }],
    "into too small squares": ["TOO_MANY_TASKS", { size_metres: 1 }],
    "into too many": ["TOO_MANY_TASKS", { task_count: 1_000_000 }],
    "from areas, one outside": ["TASK_AREA_INVALID", { areas: [square(10, 10), square(50, 50)] }],
    "from areas that overlap": ["TASK_AREA_INVALID", { areas: [square(10, 10), square(10.05, 10)] }],
  } as Record<string, [string, JsonObject]>).flatMap(([what, [expected, fields]]) =>
    casesOf(TaskService.method.createTasks, [
      what,
      expected,
      async (w) => ({ request: command({ project_id: await w.newDraft(), ...fields }), who: w.admin }),
    ]),
  ),
  ...Object.entries({
    "in no way": {},
    "in two ways, zoom and task_count": { zoom: 12, task_count: 10 },
    "in two ways, size_metres and areas": { size_metres: 1_000, areas: [square(10, 10)] },
    "in all ways": { zoom: 12, task_count: 10, size_metres: 1_000, areas: [square(10, 10)] },
    "at zoom 23": { zoom: 23 },
    "in two ways, zoom 0 and task_count": { zoom: 0, task_count: 10 },
    "about none": { task_count: 0 },
    "at zoom -1": { zoom: -1 },
    "about 1,000,001": { task_count: 1_000_001 },
    "larger than 100 km": { size_metres: 100_001 },
    "with an edge that is none": { zoom: 12, edge: 7 },
  } as Record<string, JsonObject>).flatMap(([what, fields]) =>
    casesOf(TaskService.method.createTasks, [
      what,
      "FIELD_INVALID",
      async ({ projects, admin }) => ({
        request: command({ project_id: projects.uncut, ...fields }),
        who: admin,
      }),
    ]),
  ),
];

/** Harmless to other tests. */
const prioritize = { action: "TASK_ACTION_PRIORITIZE", priority: 3, filter: { task_ids: [575] } };

const CHANGE: Case[] = [
  ...gates(TaskService.method.batchUpdateTasks, prioritize),
  ...casesOf(
    TaskService.method.batchUpdateTasks,
    [
      "priorities",
      "OK",
      async ({ projects, admin }) => ({
        request: command({ project_id: projects.published, ...prioritize }),
        who: admin,
      }),
    ],
    [
      "of what somebody did",
      "OK",
      async ({ projects, admin }) => ({
        request: command({
          project_id: projects.published,
          action: "TASK_ACTION_REVERT_USER",
          reverted_user_id: "123456",
        }),
        who: admin,
      }),
    ],
    [
      "splits where there is no room",
      "TOO_MANY_TASKS_IN_PROJECT",
      async ({ projects, admin }) => ({
        request: command({ project_id: projects.full, action: "TASK_ACTION_SPLIT" }),
        who: admin,
      }),
    ],
    [
      "where ten operations are under way",
      "TOO_MANY_OPERATIONS",
      async ({ projects, admin }) => ({
        request: command({ project_id: projects.busy, ...prioritize }),
        who: admin,
      }),
    ],
  ),
  ...Object.entries({
    "no action": {},
    "an action that is none": { action: 99 },
    "nobody's changes": { action: "TASK_ACTION_REVERT_USER" },
    "somebody's changes, by another action": { action: "TASK_ACTION_MAP", reverted_user_id: "7" },
    "a priority by another action": { action: "TASK_ACTION_MAP", priority: 1 },
    "a priority of 101": { action: "TASK_ACTION_PRIORITIZE", priority: 101 },
    "no priority": { action: "TASK_ACTION_PRIORITIZE" },
    "a box without its west": {
      action: "TASK_ACTION_MAP",
      filter: { bounding_box: { south: 10, east: 10, north: 11 } },
    },
    "a box with its south in the north": {
      action: "TASK_ACTION_MAP",
      filter: { bounding_box: { west: 10, south: 11, east: 11, north: 10 } },
    },
    "a task twice": { action: "TASK_ACTION_MAP", filter: { task_ids: [1, 1] } },
    "a state twice": {
      action: "TASK_ACTION_MAP",
      filter: { states: ["TASK_STATE_READY", "TASK_STATE_READY"] },
    },
  } as Record<string, JsonObject>).flatMap(([what, fields]) =>
    casesOf(TaskService.method.batchUpdateTasks, [
      what,
      "FIELD_INVALID",
      async ({ projects, admin }) => ({
        request: command({ project_id: projects.published, ...fields }),
        who: admin,
      }),
    ]),
  ),
];

/** The operation that cut the project is the first, and is done. */
const cutting = ({ projects }: World) => ({ project_id: projects.published, operation_id: 1 });

const READ: Case[] = [
  ...[
    OperationService.method.getOperation,
    OperationService.method.waitOperation,
    OperationService.method.watchOperation,
  ].flatMap((method) => [
    ...gates(method, { operation_id: 1 }),
    ...casesOf(
      method,
      ["that is done, by anybody", "OK", async (w) => ({ request: cutting(w) })],
      [
        "that is not there",
        "OPERATION_NOT_FOUND",
        async (w) => ({ request: { ...cutting(w), operation_id: NOWHERE } }),
      ],
      ["number 0", "FIELD_INVALID", async (w) => ({ request: { ...cutting(w), operation_id: 0 } })],
    ),
  ]),
  ...casesOf(
    OperationService.method.waitOperation,
    [
      "that takes longer",
      "OK",
      async ({ projects }) => ({ request: { project_id: projects.busy, operation_id: 1, timeout: "1s" } }),
    ],
    ["for 26 s", "FIELD_INVALID", async (w) => ({ request: { ...cutting(w), timeout: "26s" } })],
  ),
  ...gates(OperationService.method.listOperations, {}),
  ...casesOf(OperationService.method.listOperations, [
    "by anybody",
    "OK",
    async ({ projects }) => ({ request: { project_id: projects.published } }),
  ]),
];

const CANCEL: Case[] = [
  ...gates(OperationService.method.cancelOperation, { operation_id: 1 }),
  ...casesOf(
    OperationService.method.cancelOperation,
    [
      "that is under way",
      "OK",
      async ({ projects, admin }) => ({
        request: command({ project_id: projects.busy, operation_id: 10 }),
        who: admin,
      }),
    ],
    [
      "that is not there",
      "OPERATION_NOT_FOUND",
      async (w) => ({ request: command({ ...cutting(w), operation_id: NOWHERE }), who: w.admin }),
    ],
    ["that is done", "OPERATION_DONE", async (w) => ({ request: command(cutting(w)), who: w.admin })],
  ),
];

/** Work that continues after its acknowledgement. */
export const OPERATION_CASES: readonly Case[] = [...CREATE, ...CHANGE, ...READ, ...CANCEL];
