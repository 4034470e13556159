import type { DescMessage } from "@bufbuild/protobuf";
import type { Answer, Attempt, Written } from "@tessera/postgres/command.ts";
import type { Sql } from "@tessera/postgres/pool.ts";
import type { Slot } from "./lock-slots.ts";
import { readEarlier, readTask, readTasks } from "./read-task.ts";
import type { Change, Known } from "./task.ts";
import type { WriteChanges } from "./write-changes.ts";

/** What a command reads. */
export interface Wanted {
  /** 0 for no task. */
  taskId: number;
  /** The purpose for which the caller's locks are read; none without it. */
  purpose?: number;
  /** Whether the decision needs what stood before the task's present state. */
  needsEarlier?: boolean;
}

/** What a command on several tasks reads. */
export interface WantedTasks extends Pick<Wanted, "purpose"> {
  taskIds: readonly number[];
}

type Reader = Pick<Attempt<DescMessage>, "caller" | "key" | "replay">;

/** What the store is made of. */
export interface CommandStoreOptions {
  sql: Sql;
  writeChanges: WriteChanges;
  /** Writes down that locks have expired. */
  expire: (slots: readonly Slot[]) => Promise<void>;
}

/** What commands on tasks read, and how they are written. Commands that run at the same time share statements. */
export function commandStore({ sql, writeChanges, expire }: CommandStoreOptions) {
  const readShared = readTask(sql);
  const known = ({ key, caller }: Reader, { taskId, purpose = 0 }: Wanted) =>
    readShared({ key, taskId, holder: caller.userId, purpose });
  return {
    /** Reads a task, the caller's locks and the clock. Ends the command if its request took effect before. */
    async read(attempt: Reader, wanted: Wanted): Promise<Known> {
      const { remembered, ...rest } = await known(attempt, wanted);
      attempt.replay(remembered);
      await freeLapsed(rest, expire);
      const earlier = wanted.needsEarlier && rest.task && (await readEarlier(sql, rest.task));
      return earlier ? { ...rest, earlier } : rest;
    },

    /** Reads several tasks, in their order, each as `read` does. */
    async readAll(attempt: Reader, { taskIds, purpose = 0 }: WantedTasks): Promise<Known[]> {
      const [{ remembered, ...rest }, tasks] = await Promise.all([
        known(attempt, { taskId: 0, purpose }),
        readTasks(sql, attempt.key.projectId, taskIds),
      ]);
      attempt.replay(remembered);
      await freeLapsed(rest, expire);
      return taskIds.map((taskId) => ({ ...rest, taskId, task: tasks.get(taskId) }));
    },

    /**
     * Writes all that a command changes, and its answer, or nothing. Returns undefined if a task is no longer as it was
     * read, a lock that the command needs has expired, or a twin has taken effect.
     */
    async write<O extends DescMessage>(
      attempt: Attempt<O>,
      changes: Change[],
      answer: Answer<O>,
    ): Promise<Written<O> | undefined> {
      const remember = attempt.remember(answer);
      const commitTime = await writeChanges({ caller: attempt.caller.userId, changes, remember, attempt });
      return commitTime && { ...answer, commitTime };
    },
  };
}

/** A slot whose lock has expired is free, and the end of that lock is written down before another lock takes the slot. */
async function freeLapsed(known: Known, expire: CommandStoreOptions["expire"]): Promise<void> {
  const { projectId, taskId, now } = known;
  const isOfTask = (slot: Slot) => slot.projectId === projectId && slot.taskId === taskId;
  const lapsed = known.slots.filter((slot) => slot.expireTime <= now && !isOfTask(slot));
  if (lapsed.length > 0) await expire(lapsed);
}
