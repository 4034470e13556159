import type { Sql } from "@tessera/postgres/pool.ts";
import { untilWritten } from "@tessera/postgres/requests.ts";
import { endByForce } from "../lock.ts";
import { liveLock } from "../task.ts";
import { listHeldLocks } from "./locks.ts";
import { readTasks } from "./read-task.ts";
import type { WriteChanges } from "./write-changes.ts";

/** Ends all locks that a person holds, who is gone: nobody else would have to wait for them. */
export function releaseHeld(sql: Sql, write: WriteChanges) {
  const releaseOne = (projectId: number, taskId: number, holder: bigint): Promise<true> =>
    untilWritten(async () => {
      const task = (await readTasks(sql, projectId, [taskId])).get(taskId);
      const lock = task && liveLock(task, new Date(0));
      if (task === undefined || lock?.holderUserId !== holder) return true;
      const change = endByForce({ task, events: [] }, { userId: 0n }, lock);
      return (await write({ caller: 0n, steps: [{ before: task, change }] })) && true;
    });
  return async (userId: bigint): Promise<void> => {
    for (const { projectId, taskId } of await listHeldLocks(sql, userId))
      await releaseOne(projectId, taskId, userId);
  };
}
