import { create, fromBinary } from "@bufbuild/protobuf";
import { durationOf } from "@tessera/contracts/duration.ts";
import { ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { SubmissionResult } from "@tessera/contracts/tessera/task/v1/submission_pb.ts";
import { GetTaskResponseSchema } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { lapse, plant, squares, type TestService, testService } from "../testing/service.ts";

const MANAGER = 90;
const MAPPING = LockPurpose.MAPPING;
let service: TestService;

beforeAll(async () => {
  service = await testService();
  service.allow(MANAGER, { role: ProjectRole.MANAGER });
  await plant(service.sql, squares(9));
  const manager = service.as(MANAGER);
  await service.as(1).lockTask({ taskId: 2, purpose: MAPPING });
  for (const [person, taskId] of [
    [2, 3],
    [3, 4],
  ] as const) {
    await manager.assignTask({ taskId, userId: BigInt(person), reservation: durationOf(600) });
    await service.as(person).lockTask({ taskId, purpose: MAPPING });
    await lapse(service.sql, taskId);
  }
  await service.store.expireLocks([{ projectId: 1, taskId: 4 }]);
  const { token } = await service.as(4).lockTask({ taskId: 5, purpose: MAPPING });
  await service.as(4).submitTask({ taskId: 5, lockToken: token, result: SubmissionResult.MAPPED });
  await manager.createComment({ taskId: 6, text: "hello" });
  await service.as(5).lockTask({ taskId: 7, purpose: MAPPING });
  await service.as(5).releaseLock({ taskId: 7 });
});
afterAll(() => service.end());

test("tasks that are read at the same time are the tasks as they are stored, with their locks as they are now", async () => {
  const taskIds = [1, 2, 3, 4, 5, 6, 7, 8, 99, 9];
  const { store } = service;
  const read = await Promise.all(taskIds.map((taskId) => store.getTaskResponse(1, taskId)));
  const stored = await Promise.all(taskIds.map((taskId) => store.getTask(1, taskId)));
  expect(read.map((bytes) => bytes && fromBinary(GetTaskResponseSchema, bytes))).toEqual(
    stored.map((task) => task && create(GetTaskResponseSchema, { task })),
  );
  expect(stored.map((task) => task?.lock !== undefined)).toContain(true);
  expect(stored.filter((task) => task?.expiredLock)).toHaveLength(2);
});
