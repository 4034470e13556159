import { create } from "@bufbuild/protobuf";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import { createClient } from "@connectrpc/connect";
import { MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { AreaService } from "@tessera/contracts/tessera/project/v1/area_service_pb.ts";
import { ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { ProjectOrder } from "@tessera/contracts/tessera/project/v1/search_pb.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { SubmissionResult } from "@tessera/contracts/tessera/task/v1/submission_pb.ts";
import { TaskAction } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { requestId } from "../ground/door.ts";
import { createProject, cut, type Headers } from "../ground/world.ts";
import { type TestSystem, testSystem } from "../system.ts";

/** A dozen squares and more. */
const ZOOM = 12;
const { MAPPED, BAD_IMAGERY, VALIDATED, INVALIDATED } = SubmissionResult;

let system: TestSystem;
let admin: Headers;
let projectId: number;

beforeAll(async () => {
  system = await testSystem({}, { followsWork: true });
  admin = await system.signIn("administrator");
});

beforeEach(async () => {
  projectId = await createProject(system, admin, {}, [ProjectStatus.PUBLISHED]);
  await cut(system, admin, projectId, ZOOM);
});

afterAll(() => system.stop());

/** What the task service counts, in the words of the project service. */
async function counted() {
  const { progress } = await system.task.getProgress({ projectId }, admin);
  return {
    taskCount: progress?.taskCount,
    mappedCount: progress?.mappedCount,
    validatedCount: progress?.validatedCount,
    badImageryCount: progress?.badImageryCount,
    mappedPercent: progress?.mappedPercent,
    validatedPercent: progress?.validatedPercent,
  };
}

const shown = async () => (await system.project.getProject({ projectId }, admin)).project?.progress;

/** Waits until what is shown is what the task service counts. */
async function exact(): Promise<void> {
  await expect.poll(shown).toMatchObject(await counted());
}

async function lock(taskId: number, purpose: LockPurpose, who = admin): Promise<bigint> {
  return (await system.task.lockTask({ requestId: requestId(), projectId, taskId, purpose }, who)).token;
}

async function submit(taskId: number, result: SubmissionResult, purpose: LockPurpose): Promise<void> {
  const lockToken = await lock(taskId, purpose);
  await system.task.submitTask({ requestId: requestId(), projectId, taskId, lockToken, result }, admin);
}

async function change(action: TaskAction, taskIds?: number[]): Promise<void> {
  const filter = taskIds && { filter: { taskIds } };
  const { acknowledgement } = await system.task.batchUpdateTasks(
    { requestId: requestId(), projectId, action, ...filter },
    admin,
  );
  const operationId = Number(acknowledgement?.name.split("/").at(-1));
  await system.task.waitOperation({ projectId, operationId }, admin);
}

const map = (taskId: number, result: SubmissionResult = MAPPED) =>
  submit(taskId, result, LockPurpose.MAPPING);
const validate = (taskId: number, result: SubmissionResult) => submit(taskId, result, LockPurpose.VALIDATION);

test("what is shown with a project is what the task service counts, after each of many commands", async () => {
  const created = await counted();
  expect(created.taskCount).toBeGreaterThan(20);
  await exact();
  expect((await shown())?.lastActivityTime).toBeUndefined();

  const before = Date.now();
  const steps = [
    ...[1, 2, 3, 4, 5].map((taskId) => () => map(taskId)),
    () => map(6, BAD_IMAGERY),
    () => validate(1, VALIDATED),
    () => validate(2, INVALIDATED),
    () => map(2),
    async () => {
      const { task } = await system.task.getTask({ projectId, taskId: 3 }, admin);
      const expectedRevision = task?.revision ?? 0n;
      await system.task.undoTask({ requestId: requestId(), projectId, taskId: 3, expectedRevision }, admin);
    },
    async () => {
      const lockToken = await lock(7, LockPurpose.MAPPING);
      await system.task.splitTask({ requestId: requestId(), projectId, taskId: 7, lockToken }, admin);
    },
    () => change(TaskAction.MAP),
    () => change(TaskAction.VALIDATE, [8, 9, 10]),
    () => change(TaskAction.INVALIDATE),
    () => change(TaskAction.MAP, [8, 9]),
  ];
  for (const step of steps) {
    await step();
    await exact();
  }
  const progress = await shown();
  expect(progress?.taskCount).toBe((created.taskCount ?? 0) + 3);
  const activeMs = progress?.lastActivityTime && timestampMs(progress.lastActivityTime);
  expect(activeMs).toBeGreaterThanOrEqual(before - 1_000);
  const { projects } = await system.project.listProjects({}, admin);
  expect(projects.find((it) => it.projectId === projectId)?.progress).toEqual(progress);
});

test("contributors find the project by their work, and lists are sorted by progress", async () => {
  const idle = await createProject(system, admin, {}, [ProjectStatus.PUBLISHED]);
  await map(1);
  await exact();
  const both = (projects: { projectId: number }[]) =>
    projects.map((it) => it.projectId).filter((it) => it === projectId || it === idle);
  const mine = await system.project.listProjects({ mappedByMe: true }, admin);
  expect(both(mine.projects)).toEqual([projectId]);
  const other = await system.signIn("mapper-9");
  expect((await system.project.listProjects({ mappedByMe: true }, other)).projects).toEqual([]);
  const { projects } = await system.project.listProjects({ orderBy: ProjectOrder.PROGRESS }, admin);
  expect(both(projects)).toEqual([projectId, idle]);
});

test("the position that progress is labelled with is one of the feed of tasks, and rises", async () => {
  await exact();
  const first = (await shown())?.position ?? "";
  await map(11);
  await exact();
  const lines = [];
  for await (const { event, position } of system.task.watchTaskEvents(
    { projectId, position: first },
    admin,
  )) {
    lines.push(position);
    if (event?.taskId === 11 && event.submissionId !== undefined) break;
  }
  expect(lines).toContain((await shown())?.position);
});

test("while the database drops its connections nothing is lost and nothing is counted twice", async () => {
  const { sql } = system.databases.project;
  const cutOff = () => sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and application_name = 'project'`;
  for (const taskId of [12, 13, 14, 15]) {
    await Promise.all([map(taskId), cutOff()]).catch(() => map(taskId));
  }
  await exact();
});

test("tasks that are withdrawn with the area do not count, and count again when it comes back", async () => {
  await exact();
  const { taskCount: whole = 0 } = await counted();
  for (const side of [0.1, 0.5]) {
    const { project } = await system.project.getProject({ projectId }, admin);
    const far = 10 + side;
    const area = create(MultiPolygonSchema, {
      coordinates: [10, 10, far, 10, far, far, 10, far, 10, 10],
      ringLengths: [5],
      polygonLengths: [1],
    });
    const expectedRevision = project?.revision ?? 0n;
    await createClient(AreaService, system.connections.project).setArea(
      { requestId: requestId(), projectId, area, expectedRevision },
      admin,
    );
    const total = async () => (await counted()).taskCount;
    if (side < 0.5) await expect.poll(total).toBeLessThan(whole);
    else await expect.poll(total).toBe(whole);
    await exact();
  }
});
