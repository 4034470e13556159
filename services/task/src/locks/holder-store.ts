import { ATTEMPTS_MAX } from "@tessera/postgres/command.ts";
import type { Sql } from "@tessera/postgres/pool.ts";
import { readTasks } from "../tasks/read-store.ts";
import { liveLock, unchanged } from "../tasks/task.ts";
import type { WriteChanges } from "../tasks/write-store.ts";
import { endByForce } from "./lock.ts";
import { listHeldLocks } from "./store.ts";

/** The holders of locks, and the end of all locks of a user. */
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

/** Ends all locks that a user holds who is gone: nobody else would have to wait for them. */
function releaseHeld(sql: Sql, write: WriteChanges) {
  /** Ends one lock. False if the task was changed meanwhile. */
  const releaseOne = async (projectId: number, taskId: number, holder: bigint): Promise<boolean> => {
    const task = (await readTasks(sql, projectId, [taskId])).get(taskId);
    const lock = task && liveLock(task, new Date(0));
    if (task === undefined || lock?.holderUserId !== holder) return true;
    const change = endByForce(unchanged(task), { userId: undefined }, lock);
    return (await write({ caller: 0n, changes: [change] })) !== undefined;
  };
  return async (userId: bigint): Promise<void> => {
    for (const { projectId, taskId } of await listHeldLocks(sql, userId)) {
      let isReleased = false;
      for (let tries = 0; tries < ATTEMPTS_MAX && !isReleased; tries++)
        isReleased = await releaseOne(projectId, taskId, userId);
      if (!isReleased) throw new Error(`the lock on task ${projectId}/${taskId} was changed at each attempt`);
    }
  };
}
