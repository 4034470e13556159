import { randomUUID } from "node:crypto";
import { ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { SubmissionResult } from "@tessera/contracts/tessera/task/v1/submission_pb.ts";
import { type World, world } from "@tessera/testing/ground/world.ts";
import { type TestSystem, testSystem } from "@tessera/testing/system.ts";
import { afterAll, beforeAll, expect, test } from "vitest";

let system: TestSystem;
let ground: World;

beforeAll(async () => {
  system = await testSystem();
  ground = await world(system);
});

afterAll(() => system.stop());

const messageOf = (call: Promise<unknown>) =>
  call.then(
    () => "acknowledged",
    (error: Error) => error.message,
  );

test("the holder of a task in a project that is archived can release it within seconds, and do nothing else", async () => {
  const { admin, mapper, projects } = ground;
  const task = { projectId: projects.published, taskId: ground.newTask() };
  const lockToken = await ground.lock(task.taskId, mapper);
  const expectedRevision = BigInt(await ground.revisionOf(task.projectId));
  const project = { projectId: task.projectId, status: ProjectStatus.ARCHIVED };
  const archiving = { project, updateMask: { paths: ["status"] }, expectedRevision };
  await system.project.updateProject({ requestId: randomUUID(), ...archiving }, admin);

  const again = () =>
    system.task.lockTask({ requestId: randomUUID(), ...task, purpose: LockPurpose.MAPPING }, mapper);
  const refused = "[failed_precondition] The project is archived";
  await expect.poll(() => messageOf(again()), { interval: 250 }).toBe(refused);
  const result = SubmissionResult.MAPPED;
  const held = { ...task, lockToken };
  const tried = [
    system.task.submitTask({ requestId: randomUUID(), ...held, result }, mapper),
    system.task.extendLock({ requestId: randomUUID(), ...held }, mapper),
    system.task.splitTask({ requestId: randomUUID(), ...held }, mapper),
    system.task.claimTask(
      { requestId: randomUUID(), projectId: task.projectId, purpose: LockPurpose.MAPPING },
      mapper,
    ),
  ];
  expect(new Set(await Promise.all(tried.map(messageOf)))).toEqual(new Set([refused]));
  expect(await messageOf(system.task.releaseLock({ requestId: randomUUID(), ...held }, mapper))).toBe(
    "acknowledged",
  );
});
