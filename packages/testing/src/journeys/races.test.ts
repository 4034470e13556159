import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { ConnectError } from "@connectrpc/connect";
import { Permission, ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { TaskAction } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { refusalIn } from "@tessera/rpc/refusal-wire.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { decided } from "../ground/decided.ts";
import { createProject, cut, type Headers } from "../ground/world.ts";
import { type TestSystem, testSystem } from "../system.ts";

/** A dozen squares, or a few more. */
const COARSE = 11;
const PEOPLE = 64;
/** A request that is not decided is sent again. */
const TRIES_MAX = 300;

let system: TestSystem;
let admin: Headers;
let people: Headers[];

beforeAll(async () => {
  system = await testSystem();
  admin = await system.signIn("administrator");
  people = await Promise.all(Array.from({ length: PEOPLE }, (_, n) => system.signIn(`mapper-${n + 1}`)));
});

afterAll(() => system.stop());

/** A project in which everybody may map and validate. */
async function openProject() {
  const open = { validationPermission: Permission.ANY };
  const projectId = await createProject(system, admin, open, [ProjectStatus.PUBLISHED]);
  await cut(system, admin, projectId, COARSE);
  const { tasks } = await system.task.listTasks({ projectId });
  return { projectId, taskIds: tasks.map(({ taskId }) => taskId) };
}

/** The number of the task that is claimed, or the reason against it. */
async function claimOverRest(who: Headers, projectId: number, order: string) {
  const key = { "idempotency-key": `"${randomUUID()}"` };
  const purpose = "LOCK_PURPOSE_MAPPING";
  for (let tries = 0; ; tries++) {
    const response = await fetch(`${system.url}/v1/projects/${projectId}/claims`, {
      method: "POST",
      headers: { ...who.headers, ...key, "content-type": "application/json" },
      body: JSON.stringify({ purpose, order: `CLAIM_ORDER_${order}`, longitude: 10.2, latitude: 10.3 }),
    });
    const document = (await response.json()) as { task_id?: number; reason?: string };
    if (tries === TRIES_MAX || ![503, 504].includes(response.status))
      return document.task_id ?? document.reason;
    await sleep(100);
  }
}

async function mapAll(projectId: number): Promise<void> {
  const request = { requestId: randomUUID(), projectId, action: TaskAction.MAP };
  await decided(() => system.task.batchUpdateTasks(request, admin));
  const done = async () =>
    (await decided(() => system.task.waitOperation({ projectId, operationId: 2 }, admin))).operation?.done;
  await expect.poll(done).toBe(true);
}

/** What a call came to: what `of` makes of its answer, or the name of the reason against. */
function settled<T, R>(send: () => Promise<T>, of: (answer: T) => R): Promise<R | string> {
  return decided(send).then(of, (error: unknown) => {
    if (!(error instanceof ConnectError)) throw error;
    return refusalIn(error)?.reason.name ?? error.message;
  });
}

const count = (outcomes: unknown[], wanted: unknown) => outcomes.filter((it) => it === wanted).length;

test.each(["RANDOM", "NEAREST", "PRIORITY"])(
  "64 people claim the few tasks of a project at once, order %s: each task goes to one of them",
  async (order) => {
    const { projectId, taskIds } = await openProject();
    const orders = { RANDOM: 1, NEAREST: 2, PRIORITY: 3 } as const;
    const outcomes = await Promise.all(
      people.map((who, index) => {
        const target = { longitude: 10.2, latitude: 10.3, order: orders[order as keyof typeof orders] };
        const request = { requestId: randomUUID(), projectId, purpose: LockPurpose.MAPPING, ...target };
        if (index % 2 === 0)
          return settled(
            () => system.task.claimTask(request, who),
            ({ taskId }) => taskId,
          );
        return claimOverRest(who, projectId, order);
      }),
    );
    const given = outcomes.filter((it) => typeof it === "number").sort((a, b) => a - b);
    expect(given).toEqual(taskIds);
    expect(count(outcomes, "NO_TASK_AVAILABLE")).toBe(PEOPLE - taskIds.length);
    const release = { requestId: randomUUID(), projectId, taskIds, force: true };
    await decided(() => system.task.releaseLocks(release, admin));
  },
);

test("16 people lock the same tasks, each in another order: one gets all, the others none", async () => {
  const { projectId, taskIds } = await openProject();
  await mapAll(projectId);
  const outcomes = await Promise.all(
    people.slice(0, 16).map((who, index) => {
      const turned = [...taskIds.slice(index % taskIds.length), ...taskIds.slice(0, index % taskIds.length)];
      const request = {
        requestId: randomUUID(),
        projectId,
        taskIds: turned,
        purpose: LockPurpose.VALIDATION,
      };
      return settled(
        () => system.task.lockTasks(request, who),
        () => "all",
      );
    }),
  );
  expect([count(outcomes, "all"), count(outcomes, "TASK_LOCKED")]).toEqual([1, 15]);
  const { locks } = await system.task.listLocks({ projectId });
  expect(locks.map(({ taskId }) => taskId)).toEqual(taskIds);
  expect(new Set(locks.map(({ holderUserId }) => holderUserId)).size).toBe(1);
});

test("all who split at once get numbers that nobody else got, and none is left out", async () => {
  const { projectId, taskIds } = await openProject();
  const outcomes = await Promise.all(
    taskIds.map(async (taskId, index) => {
      const who = people[index] as Headers;
      const target = { projectId, taskId };
      const purpose = LockPurpose.MAPPING;
      const lock = { requestId: randomUUID(), ...target, purpose };
      const { token } = await decided(() => system.task.lockTask(lock, who));
      const split = { requestId: randomUUID(), ...target, lockToken: token };
      const [first, again] = await Promise.all([
        settled(
          () => system.task.splitTask(split, who),
          (it) => it.taskIds,
        ),
        settled(
          () => system.task.splitTask(split, who),
          (it) => it.taskIds,
        ),
      ]);
      expect(again).toEqual(first);
      return first as number[];
    }),
  );
  const numbers = outcomes.flat().sort((a, b) => a - b);
  expect(numbers).toEqual(Array.from(numbers, (_, index) => taskIds.length + 1 + index));
  const { progress } = await system.task.getProgress({ projectId });
  expect(progress?.taskCount).toBe(numbers.length);
});

test("an undo that several try at once is done once", async () => {
  const { projectId } = await openProject();
  await mapAll(projectId);
  const { task } = await system.task.getTask({ projectId, taskId: 1 });
  const target = { projectId, taskId: 1, expectedRevision: task?.revision ?? 0n };
  const outcomes = await Promise.all(
    people.slice(0, 16).map((who) => {
      const undo = { requestId: randomUUID(), ...target };
      return settled(
        () => system.task.undoTask(undo, who),
        () => "undone",
      );
    }),
  );
  expect([count(outcomes, "undone"), count(outcomes, "TASK_CHANGED")]).toEqual([1, 15]);
});

test("of many who cut a project at once all start an operation, and one of these makes the tasks", async () => {
  const projectId = await createProject(system, admin, {}, []);
  const started = await Promise.all(
    Array.from({ length: 8 }, () => {
      const cutting = { requestId: randomUUID(), projectId, zoom: COARSE };
      return settled(
        () => system.task.createTasks(cutting, admin),
        ({ acknowledgement }) => Number(acknowledgement?.name.split("/")[3]),
      );
    }),
  );
  const ids = started.filter((it) => typeof it === "number");
  const outcomes = await Promise.all(
    ids.map(async (operationId) => {
      const { operation } = await system.task.waitOperation({ projectId, operationId }, admin);
      return operation?.error?.reason ?? operation?.resultName;
    }),
  );
  expect(count(outcomes, `projects/${projectId}/tasks`)).toBe(1);
  expect(count([...started, ...outcomes], "TASKS_EXIST")).toBe(7);
});
