import { randomUUID } from "node:crypto";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { LockService } from "@tessera/contracts/tessera/task/v1/lock_service_pb.ts";
import { SubmissionResult } from "@tessera/contracts/tessera/task/v1/submission_pb.ts";
import { SubmissionService } from "@tessera/contracts/tessera/task/v1/submission_service_pb.ts";
import type { Work } from "./load.ts";
import type { Wire } from "./wire.ts";

/**
 * A validator locks many tasks by one command and submits them by another; returns the number of tasks. Each worker
 * has tasks of its own, which stay INVALIDATED, so that they can be validated again and again.
 */
export function manyWork(
  client: Wire,
  projectId: number,
  token: string,
  many: number,
  firstTask: number,
): Work {
  const { lockTasks } = LockService.method;
  const { submitTasks } = SubmissionService.method;
  return async (worker) => {
    const first = firstTask + worker * many;
    const taskIds = Array.from({ length: many }, (_, index) => first + index);
    const purpose = LockPurpose.VALIDATION;
    const { locks } = await client.call(lockTasks, token, {
      requestId: randomUUID(),
      projectId,
      taskIds,
      purpose,
    });
    const submissions = locks.map((lock) => ({
      taskId: lock.taskId,
      lockToken: lock.token,
      result: SubmissionResult.INVALIDATED,
    }));
    await client.call(submitTasks, token, { requestId: randomUUID(), projectId, submissions });
    return 2;
  };
}

/** The same tasks, each by its own two commands. */
export function oneByOneWork(
  client: Wire,
  projectId: number,
  token: string,
  many: number,
  firstTask: number,
): Work {
  const { lockTask } = LockService.method;
  const { submitTask } = SubmissionService.method;
  return async (worker) => {
    for (let taskId = firstTask + worker * many; taskId < firstTask + (worker + 1) * many; taskId++) {
      const purpose = LockPurpose.VALIDATION;
      const lock = await client.call(lockTask, token, {
        requestId: randomUUID(),
        projectId,
        taskId,
        purpose,
      });
      await client.call(submitTask, token, {
        requestId: randomUUID(),
        projectId,
        taskId,
        lockToken: lock.token,
        result: SubmissionResult.INVALIDATED,
      });
    }
    return 2;
  };
}
