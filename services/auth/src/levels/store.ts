import { AuthEventKind } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import { type MappingLevel, MappingLevelSchema } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import type { TaskEvent } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import type { HeldPosition } from "@tessera/feeds/fold-feed.ts";
import { followedFeed } from "@tessera/feeds/followed-feed.ts";
import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import { enumWord } from "../enum-word.ts";
import { appendEvent } from "../event-store.ts";
import { lockUsers } from "../users/store.ts";
import { countWork, isWork, levelFor, raisedLevel, type Thresholds, type WorkedTask } from "./work.ts";

/** After how long without a heartbeat the lease of a counting replica expires. */
const LEASE_SECONDS = 15;
/** After how many days an undone task still counts. */
const UNDOABLE_DAYS = 400;
const FORGOTTEN_MAX = 5_000;

/** What is stored of the work that levels are raised for. */
export function workStore(sql: Sql) {
  const { take, release, move } = followedFeed(sql, "work_feed", LEASE_SECONDS);
  return {
    take,
    release,

    /**
     * Continues from another position. Returns false if another replica has the lease or the position has advanced.
     */
    moveTo: (held: HeldPosition, next: string): Promise<boolean> => move(sql, held, next),

    /**
     * Counts events and keeps the position after them, all or nothing; each event once, even if the feed repeats it.
     * Returns false if another replica has the lease or the position has advanced: nothing was counted then.
     */
    count: (held: HeldPosition, next: string, events: readonly TaskEvent[], thresholds: Thresholds) =>
      sql.begin(async (transaction) => {
        if (!(await move(transaction, held, next))) return false;
        const changes = new Map<bigint, number>();
        for (const event of events.filter(isWork)) await countEvent(transaction, event, changes);
        const userIds = [...changes.keys()].sort((one, other) => (one < other ? -1 : 1));
        for (const userId of userIds)
          await countFor(transaction, userId, changes.get(userId) ?? 0, thresholds);
        return true;
      }),
  };
}

async function countEvent(
  sql: TransactionSql,
  event: TaskEvent,
  changes: Map<bigint, number>,
): Promise<void> {
  const { projectId, taskId } = event;
  const [before] = await sql<WorkedTask[]>`
    select revision, mappers from worked_tasks where project_id = ${projectId} and task_id = ${taskId} for update`;
  const worked = countWork(before, event);
  if (worked === undefined) return;
  const { revision, mappers, userId, mapped } = worked;
  await sql`
    insert into worked_tasks (project_id, task_id, revision, mappers, change_time)
    values (${projectId}, ${taskId}, ${revision}, ${[...mappers]}::bigint[], clock_timestamp())
    on conflict (project_id, task_id) do update set revision = excluded.revision, mappers = excluded.mappers,
      change_time = excluded.change_time`;
  if (mapped !== 0) changes.set(userId, (changes.get(userId) ?? 0) + mapped);
}

/** Changes a person's count, and raises the level where that makes the next. */
async function countFor(
  sql: TransactionSql,
  userId: bigint,
  mapped: number,
  thresholds: Thresholds,
): Promise<void> {
  const [user] = await lockUsers(sql, [userId]);
  if (user === undefined || user.deleted) return;
  const [row] = await sql<{ mappedTasks: number; levelGiven: MappingLevel }[]>`
    insert into work_counts (user_id, mapped_tasks) values (${userId}, greatest(${mapped}::integer, 0))
    on conflict (user_id) do update set mapped_tasks = greatest(work_counts.mapped_tasks + ${mapped}::integer, 0)
    returning mapped_tasks as "mappedTasks", level_given as "levelGiven"`;
  if (row === undefined) return;
  const { mappedTasks, levelGiven } = row;
  await sql`
    update work_counts set level_given = greatest(level_given, ${levelFor(mappedTasks, thresholds)}::smallint)
    where user_id = ${userId}`;
  const level = raisedLevel({ mappedTasks, levelGiven, level: user.mappingLevel }, thresholds);
  if (level === undefined) return;
  await sql`update users set mapping_level = ${level}, revision = revision + 1 where user_id = ${userId}`;
  const details = {
    from: enumWord(MappingLevelSchema, user.mappingLevel),
    to: enumWord(MappingLevelSchema, level),
    mapped_tasks: String(mappedTasks),
  };
  await appendEvent(sql, { kind: AuthEventKind.LEVEL_RAISED, actor: 0n, userId, details });
}

/** Deletes the state of tasks without events for long; returns of how many. */
export async function forgetWork(sql: Sql): Promise<number> {
  const { count } = await sql`
    delete from worked_tasks where (project_id, task_id) in (
      select project_id, task_id from worked_tasks
      where change_time < now() - make_interval(days => ${UNDOABLE_DAYS}) limit ${FORGOTTEN_MAX})`;
  return count;
}
