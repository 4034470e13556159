import type { Sql } from "@tessera/postgres/pool.ts";
import { untilWritten } from "@tessera/postgres/requests.ts";
import { readTasks } from "../tasks/read-task.ts";
import { liveLock } from "../tasks/task.ts";
import type { WriteChanges } from "../tasks/write-changes.ts";
import { endByForce } from "./lock.ts";
import { listHeldLocks } from "./store.ts";

/** Who holds locks, and the end of all that somebody holds. */
export function heldLocks(sql: Sql, write: WriteChanges) {
  return { listHolders: listHolders(sql), releaseHeld: releaseHeld(sql, write) };
}

/** Reads the people who hold locks, in the order of their numbers, after one of them. */
function listHolders(sql: Sql) {
  return async (after: bigint, limit: number): Promise<bigint[]> => {
    const rows = await sql<{ holder: bigint }[]>`
      select distinct holder from lock_slots where holder > ${after}::bigint order by holder limit ${limit}`;
    return rows.map(({ holder }) => holder);
  };
}

/** Ends all locks that a person holds, who is gone: nobody else would have to wait for them. */
function releaseHeld(sql: Sql, write: WriteChanges) {
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
