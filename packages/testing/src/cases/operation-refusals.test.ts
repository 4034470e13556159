import { create, type DescMethod } from "@bufbuild/protobuf";
import { createClient } from "@connectrpc/connect";
import { SERVICES } from "@tessera/contracts/catalogue.ts";
import { durationOf } from "@tessera/contracts/duration.ts";
import { reasonNamed, rulesOf } from "@tessera/contracts/reason-facts.ts";
import { MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { AreaService } from "@tessera/contracts/tessera/project/v1/area_service_pb.ts";
import { ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { type Operation, OperationState } from "@tessera/contracts/tessera/rpc/v1/operation_pb.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { TaskAction, TaskService, TaskView } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { requestId } from "../ground/door.ts";
import { createProject, cut, deepen, type Headers } from "../ground/world.ts";
import { type TestSystem, testSystem } from "../system.ts";

const TASKS_MAX = 300;
/** A dozen squares. */
const COARSE = 11;

let system: TestSystem;
let admin: Headers;

beforeAll(async () => {
  system = await testSystem({ TASKS_PER_PROJECT: String(TASKS_MAX) });
  admin = await system.signIn("administrator");
});

afterAll(() => system.stop());

const { createTasks, batchUpdateTasks, reconcileTasks } = TaskService.method;

/** By RPC, with what the tests make its operations fail, or why these leave units as they were. */
const endings = new Map<string, string[]>();
/** The same of the test that runs. */
const seen = new Set<string>();

/** A test that an operation ends in a way that its title names: the RPC first, the reasons after the colon. */
function ending(title: string, play: () => Promise<void>): void {
  const [, rpc = "", listed = ""] = /^(\w+) .*: ([A-Z_]{2,}(?:, [A-Z_]{2,})*)/.exec(title) ?? [];
  const reasons = listed.split(", ");
  endings.set(rpc, [...(endings.get(rpc) ?? []), ...reasons]);
  test(title, async () => {
    seen.clear();
    await play();
    expect([...seen].sort()).toEqual(reasons.map((reason) => `${rpc}: ${reason}`).sort());
  });
}

function note(method: DescMethod, reason: string): void {
  seen.add(`${method.name}: ${reason}`);
}

/** Waits for an operation. Its error, if it has one, is worded and filled as the contract says of its reason. */
async function resultOf(name: string | undefined): Promise<Operation> {
  const [, projectId, , operationId] = name?.split("/").map(Number) ?? [];
  const named = { projectId: projectId ?? 0, operationId: operationId ?? 0 };
  const { operation } = await system.task.waitOperation(named, admin);
  expect(operation).toMatchObject({ name, done: true });
  expect(operation?.stage).toBeUndefined();
  return operation as Operation;
}

/** Waits for an operation that must fail. */
async function failureOf(method: DescMethod, name: string | undefined) {
  const { state, error, resultName } = await resultOf(name);
  expect([state, resultName]).toEqual([OperationState.FAILED, undefined]);
  note(method, error?.reason ?? "");
  const facts = reasonNamed(error?.reason ?? "");
  expect(error).toMatchObject({ domain: facts?.domain });
  expect(facts?.metadataKeys).toEqual(expect.arrayContaining(Object.keys(error?.metadata ?? {})));
  return { reason: error?.reason, metadata: error?.metadata };
}

/** Waits for an operation that must do what it can and leave the rest. */
async function skippedBy(name: string | undefined, method: DescMethod = batchUpdateTasks) {
  const { state, unitCount, doneCount, skippedCount, skippedCounts } = await resultOf(name);
  expect([state, unitCount]).toEqual([OperationState.SUCCEEDED, doneCount + skippedCount]);
  for (const reason of Object.keys(skippedCounts)) note(method, reason);
  return { doneCount, skipped: { ...skippedCounts } };
}

async function startCreation(
  projectId: number,
  shape: { zoom: number } | { areas: readonly (readonly number[])[] },
) {
  const areas =
    "areas" in shape ? shape.areas.map((box) => square(box as readonly [number, number, number])) : [];
  const zoom = "zoom" in shape ? { zoom: shape.zoom } : {};
  const started = await system.task.createTasks({ requestId: requestId(), projectId, ...zoom, areas }, admin);
  return started.acknowledgement?.name;
}

async function startChange(projectId: number, action: TaskAction) {
  const started = await system.task.batchUpdateTasks({ requestId: requestId(), projectId, action }, admin);
  return started.acknowledgement?.name;
}

async function startReconciling(projectId: number) {
  const started = await system.task.reconcileTasks({ requestId: requestId(), projectId }, admin);
  return started.acknowledgement?.name;
}

/** The project's area becomes a corner of what it was. */
async function shrink(projectId: number) {
  const { project } = await system.project.getProject({ projectId }, admin);
  const change = { projectId, area: square([10, 10, 0.1]), expectedRevision: project?.revision ?? 0n };
  await createClient(AreaService, system.connections.project).setArea(
    { requestId: requestId(), ...change },
    admin,
  );
}

function box(west: number, south: number, east: number, north: number): number[] {
  return [west, south, east, south, east, north, west, north, west, south];
}

function square([west, south, side]: readonly [number, number, number]) {
  return create(MultiPolygonSchema, {
    coordinates: box(west, south, west + side, south + side),
    ringLengths: [5],
    polygonLengths: [1],
  });
}

const newProject = (...statuses: ProjectStatus[]) => createProject(system, admin, {}, statuses);

async function cutProject(...statuses: ProjectStatus[]) {
  const projectId = await newProject(...statuses);
  await cut(system, admin, projectId, COARSE);
  const { tasks } = await system.task.listTasks({ projectId }, admin);
  return { projectId, count: tasks.length };
}

/** The side of a square of the grid at zoom 16, in degrees of longitude. */
const SIDE = 360 / 2 ** 16;

/**
 * Two areas of twelve by twelve squares of the grid, laid across thirteen columns: by their size they may be 288 tasks. They lie
 * so far apart that they are not cut where they are.
 */
async function newApart(): Promise<number> {
  const place = (column: number, south: number) =>
    box(column * SIDE - 180, south, (column + 12) * SIDE - 180, south + 0.0645);
  const area = create(MultiPolygonSchema, {
    coordinates: [...place(34_590.5, 10.01), ...place(34_736.5, 10.81)],
    ringLengths: [5, 5],
    polygonLengths: [1, 1],
  });
  const project = { name: "Two places", area };
  const { acknowledgement } = await system.project.createProject({ requestId: requestId(), project }, admin);
  return Number(acknowledgement?.name.split("/")[1]);
}

ending("CreateTasks of more than its size shows: TOO_MANY_TASKS, and no task is made", async () => {
  const projectId = await newApart();
  const failure = await failureOf(createTasks, await startCreation(projectId, { zoom: 16 }));
  expect(failure).toEqual({ reason: "TOO_MANY_TASKS", metadata: { limit: String(TASKS_MAX), zoom: "16" } });
  expect((await system.task.listTasks({ projectId }, admin)).tasks).toEqual([]);
  // A failure stands in nobody's way.
  await resultOf(await startCreation(projectId, { zoom: COARSE }));
  expect((await system.task.listTasks({ projectId }, admin)).tasks).not.toEqual([]);
});

/** Too many to be checked at once. */
const OTHERS = Array.from(
  { length: 100 },
  (_, at) => [10.32 + (at % 10) * 0.015, 10.32 + Math.floor(at / 10) * 0.015, 0.015] as const,
);

for (const [what, areas, metadata] of [
  [
    "outside",
    [
      [10, 10, 0.1],
      [12, 12, 0.1],
    ],
    { index: "1", rule: "outside" },
  ],
  [
    "overlaps",
    [
      [10, 10, 0.1],
      [10.2, 10.2, 0.1],
      [10.05, 10.05, 0.1],
    ],
    { index: "2", rule: "overlaps" },
  ],
  ["empty", [[10, 10, 0]], { index: "0" }],
] as const)
  ending(`CreateTasks from many areas, of which one ${what}: TASK_AREA_INVALID`, async () => {
    const started = startCreation(await newProject(), { areas: [...areas, ...OTHERS] });
    const failure = await failureOf(createTasks, await started);
    expect(failure).toMatchObject({ reason: "TASK_AREA_INVALID", metadata });
  });

ending("CreateTasks while another makes the tasks: TASKS_EXIST", async () => {
  const projectId = await newProject();
  const name = await system.databases.task.sql.begin(async (tx) => {
    // Written but not committed: readers do not see it, writers wait for it.
    await tx`
      insert into task_sets (project_id, task_count, last_task_id, revision) values (${projectId}, 7, 7, 1)`;
    return startCreation(projectId, { zoom: COARSE });
  });
  const failure = await failureOf(createTasks, name);
  const metadata = { project_id: String(projectId), task_count: "7" };
  expect(failure).toEqual({ reason: "TASKS_EXIST", metadata });
});

ending(
  "BatchUpdateTasks splits more than a project may have: TOO_MANY_TASKS_IN_PROJECT, and nothing of that part",
  async () => {
    const { projectId, count } = await cutProject();
    await system.databases.task.sql`
    update task_sets set last_task_id = ${TASKS_MAX - 2} where project_id = ${projectId}`;
    const failure = await failureOf(batchUpdateTasks, await startChange(projectId, TaskAction.SPLIT));
    expect(failure).toEqual({ reason: "TOO_MANY_TASKS_IN_PROJECT", metadata: { limit: String(TASKS_MAX) } });
    expect((await system.task.listTasks({ projectId }, admin)).tasks).toHaveLength(count);
  },
);

ending("BatchUpdateTasks leaves tasks in another state: TASK_STATE_NOT_CHANGEABLE", async () => {
  const { projectId, count } = await cutProject();
  const skipped = await skippedBy(await startChange(projectId, TaskAction.VALIDATE));
  expect(skipped).toEqual({ doneCount: 0, skipped: { TASK_STATE_NOT_CHANGEABLE: count } });
});

ending("BatchUpdateTasks deletes the untouched: TASK_LOCKED, TASK_ASSIGNED, TASK_TOUCHED", async () => {
  const { projectId, count } = await cutProject(ProjectStatus.PUBLISHED);
  const task = (taskId: number) => ({ requestId: requestId(), projectId, taskId });
  const mapper = await system.signIn("mapper-903");
  await system.task.lockTask({ ...task(1), purpose: LockPurpose.MAPPING }, mapper);
  const userId = (await system.auth.getCurrentUser({}, mapper)).user?.userId ?? 0n;
  await system.task.assignTask({ ...task(2), userId, reservation: durationOf(600) }, admin);
  await system.task.createComment({ ...task(3), text: "look" }, admin);
  const { doneCount, skipped } = await skippedBy(await startChange(projectId, TaskAction.DELETE));
  expect([doneCount, ...Object.values(skipped)]).toEqual([count - 3, 1, 1, 1]);
});

ending("BatchUpdateTasks leaves tasks that have no parts: TASK_NOT_DIVISIBLE", async () => {
  const { projectId, count } = await cutProject();
  await deepen(system, projectId, 1);
  const skipped = await skippedBy(await startChange(projectId, TaskAction.SPLIT));
  expect(skipped).toEqual({ doneCount: count - 1, skipped: { TASK_NOT_DIVISIBLE: 1 } });
});

ending("ReconcileTasks keeps what somebody touched: TASK_LOCKED, TASK_ASSIGNED, TASK_TOUCHED", async () => {
  const { projectId } = await cutProject(ProjectStatus.PUBLISHED);
  const { tasks } = await system.task.listTasks({ projectId, view: TaskView.WITH_AREA }, admin);
  const least = (coordinates: number[], axis: 0 | 1) =>
    Math.min(...coordinates.filter((_, at) => at % 2 === axis));
  const outside = tasks.filter(({ area }) =>
    [0, 1].some((axis) => least(area?.coordinates ?? [], axis as 0 | 1) > 10.1),
  );
  const [held, reserved, mapped] = outside.map(({ taskId }) => taskId) as [number, number, number];
  const lock = { requestId: requestId(), projectId, taskId: held, purpose: LockPurpose.MAPPING };
  await system.task.lockTask(lock, await system.signIn("mapper-901"));
  const { user } = await system.auth.getCurrentUser({}, await system.signIn("mapper-902"));
  const to = { userId: user?.userId ?? 0n, reservation: durationOf(600) };
  await system.task.assignTask({ requestId: requestId(), projectId, taskId: reserved, ...to }, admin);
  const filter = { taskIds: [mapped] };
  const done = await system.task.batchUpdateTasks(
    { requestId: requestId(), projectId, action: TaskAction.MAP, filter },
    admin,
  );
  await resultOf(done.acknowledgement?.name);
  await shrink(projectId);
  const skipped = await skippedBy(await startReconciling(projectId), reconcileTasks);
  expect(skipped.skipped).toEqual({ TASK_LOCKED: 1, TASK_ASSIGNED: 1, TASK_TOUCHED: 1 });
});

ending(
  "ReconcileTasks to an area after which there was a later one: RECONCILIATION_SUPERSEDED, and nothing of it",
  async () => {
    const { projectId, count } = await cutProject();
    await system.databases.task.sql`update task_sets set area_revision = 900 where project_id = ${projectId}`;
    await shrink(projectId);
    const failure = await failureOf(reconcileTasks, await startReconciling(projectId));
    expect(failure).toMatchObject({
      reason: "RECONCILIATION_SUPERSEDED",
      metadata: { project_id: String(projectId), later_project_revision: "900" },
    });
    expect((await system.task.listTasks({ projectId }, admin)).tasks).toHaveLength(count);
  },
);

/** Reasons that cannot be brought about here, and where they are brought about instead. */
const ELSEWHERE: Record<string, string> = {
  AREA_TOO_INTRICATE:
    "services/task, in cut-area.test.ts: areas that bring it about are found by chance only",
};

const STARTERS = SERVICES.flatMap(({ methods }) => methods)
  .filter((method) => rulesOf(method).startsOperation)
  .map((method) => [method.name, method] as const);

test.each(STARTERS)("operations of %s end in each way that it declares, and no other", (_, method) => {
  const declared = rulesOf(method).operationRefusals.filter((name) => !(name in ELSEWHERE));
  expect([...new Set(endings.get(method.name))].sort()).toEqual(declared.sort());
});
