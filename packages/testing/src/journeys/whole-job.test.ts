import { randomUUID } from "node:crypto";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { SubmissionResult } from "@tessera/contracts/tessera/task/v1/submission_pb.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type World, world } from "../ground/world.ts";
import { type TestSystem, testSystem } from "../system.ts";

let system: TestSystem;
let ground: World;

beforeAll(async () => {
  system = await testSystem();
  ground = await world(system);
});

afterAll(() => system.stop());

function rest(path: string, init: RequestInit = {}) {
  return fetch(`${system.url}/v1/${path}`, init);
}

test("a request that one door answered is answered again by the other, with the same acknowledgement", async () => {
  const who = await ground.newMapper();
  const task = { projectId: ground.projects.published, taskId: ground.newTask() };
  const requestId = randomUUID();
  const first = await system.task.lockTask({ requestId, ...task, purpose: LockPurpose.MAPPING }, who);
  const again = await rest(`projects/${task.projectId}/tasks/${task.taskId}/lock`, {
    method: "PUT",
    headers: { ...who.headers, "content-type": "application/json", "idempotency-key": `"${requestId}"` },
    body: JSON.stringify({ purpose: "LOCK_PURPOSE_MAPPING" }),
  });
  expect(again.status).toBe(201);
  expect(again.headers.get("idempotent-replayed")).toBe("true");
  expect(again.headers.get("etag")).toBe(`"${first.acknowledgement?.revision}"`);
  expect(await again.json()).toMatchObject({ token: String(first.token) });
});

test("a lock request that is sent again after somebody else took the task does not show the other's lock", async () => {
  const [mine, theirs] = [await ground.newMapper(), await ground.newMapper()];
  const path = `projects/${ground.projects.published}/tasks/${ground.newTask()}/lock`;
  const put = (who: typeof mine, key: string) =>
    rest(path, {
      method: "PUT",
      headers: { ...who.headers, "content-type": "application/json", "idempotency-key": `"${key}"` },
      body: JSON.stringify({ purpose: "LOCK_PURPOSE_MAPPING" }),
    });
  const key = randomUUID();
  const first = (await (await put(mine, key)).json()) as { token: string };
  await rest(path, { method: "DELETE", headers: mine.headers });
  await put(theirs, randomUUID());
  const again = await put(mine, key);
  expect(again.headers.get("idempotent-replayed")).toBe("true");
  expect(again.headers.get("etag")).toBe('"2"');
  expect(await again.json()).toMatchObject({ token: first.token });
});

test("64 people who race for one task through both doors: one gets it, 63 learn who has it", async () => {
  const taskId = ground.newTask();
  const projectId = ground.projects.published;
  const people = await Promise.all(Array.from({ length: 64 }, ground.newMapper));
  const outcomes = await Promise.all(
    people.map(async (who, index) => {
      if (index % 2 === 0) {
        const request = { requestId: randomUUID(), projectId, taskId, purpose: LockPurpose.MAPPING };
        return system.task.lockTask(request, who).then(
          () => "acknowledged",
          (error: Error) => error.message,
        );
      }
      const response = await rest(`projects/${projectId}/tasks/${taskId}/lock`, {
        method: "PUT",
        headers: { ...who.headers, "content-type": "application/json" },
        body: JSON.stringify({ purpose: "LOCK_PURPOSE_MAPPING" }),
      });
      const document = (await response.json()) as { title?: string };
      return response.ok ? "acknowledged" : `[failed_precondition] ${document.title}`;
    }),
  );
  expect(outcomes.filter((it) => it === "acknowledged")).toHaveLength(1);
  expect(outcomes.filter((it) => it === "[failed_precondition] Somebody holds the task")).toHaveLength(63);
});

test("the main job leaves a history without gaps, exact progress, and a map", async () => {
  const mapper = await ground.newMapper();
  const projectId = ground.projects.published;
  const taskId = await ground.mappedTask(mapper);
  const { token } = await system.task.lockTask(
    { requestId: randomUUID(), projectId, taskId, purpose: LockPurpose.VALIDATION },
    ground.validator,
  );
  const result = SubmissionResult.VALIDATED;
  const work = {
    requestId: randomUUID(),
    projectId,
    taskId,
    lockToken: token,
    result,
    comment: "well done",
  };
  await system.task.submitTask(work, ground.validator);

  const history = await rest(`projects/${projectId}/tasks/${taskId}/events`);
  const { events } = (await history.json()) as {
    events: { kind: string; revision: string; to_state: string }[];
  };
  expect(events.map(({ revision }) => revision)).toEqual(["1", "2", "3", "4", "5"]);
  expect(events[0]).toMatchObject({ kind: "TASK_EVENT_KIND_TASKS_CREATED", to_state: "TASK_STATE_READY" });
  expect(events.at(-1)).toMatchObject({
    kind: "TASK_EVENT_KIND_SUBMITTED",
    to_state: "TASK_STATE_VALIDATED",
  });
  const submission = await rest(`projects/${projectId}/tasks/${taskId}/submissions/2`);
  expect(await submission.json()).toMatchObject({
    comment: "well done",
    result: "SUBMISSION_RESULT_VALIDATED",
  });

  const progress = (await (await rest(`projects/${projectId}/progress`)).json()) as Record<string, number>;
  expect(progress).toMatchObject({ validated_count: 1, bad_imagery_count: 0 });
  const map = await rest(`projects/${projectId}/tasks?f=geojson`);
  expect(map.headers.get("content-type")).toBe("application/geo+json");
  const { features } = (await map.json()) as { features: { id: number; properties: { state: string } }[] };
  expect(features.map(({ id }) => id)).toEqual(
    Array.from({ length: progress.task_count as number }, (_, index) => index + 1),
  );
  expect(features.find(({ id }) => id === taskId)?.properties.state).toBe("TASK_STATE_VALIDATED");
});
