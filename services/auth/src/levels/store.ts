import { AuthEventKind } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import { type MappingLevel, MappingLevelSchema } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import type { TaskEvent } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import type { HeldPosition } from "@tessera/feeds/fold-feed.ts";
import { followedFeed } from "@tessera/feeds/followed-feed.ts";
import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import { enumWord } from "../enum-word.ts";
import { appendEvents } from "../event-store.ts";
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
        const mapped = await countEvents(transaction, events.filter(isWork));
        await countPeople(transaction, mapped, thresholds);
        return true;
      }),
  };
}

/**
 * Counts events, in order, each once. Returns by how much they change each person's count. One statement reads all tasks of
 * the events, and one writes them: the row of the feed is locked, so that no other replica counts meanwhile.
 */
async function countEvents(tx: TransactionSql, events: readonly TaskEvent[]): Promise<Map<bigint, number>> {
  const mapped = new Map<bigint, number>();
  if (events.length === 0) return mapped;
  const keys = [...new Map(events.map((event) => [keyOf(event), event])).values()];
  const rows = await tx<(TaskKey & WorkedTask)[]>`
    select project_id as "projectId", task_id as "taskId", w.revision, w.mappers
    from unnest(${keys.map(({ projectId }) => projectId)}::integer[], ${keys.map(({ taskId = 0 }) => taskId)}::integer[])
      as worked (project_id, task_id)
    join worked_tasks w using (project_id, task_id)
    order by project_id, task_id for update of w`;
  const tasks = new Map(rows.map((row) => [keyOf(row), row]));
  const changed = new Map<string, TaskKey & WorkedTask>();
  for (const event of events) {
    const key = keyOf(event);
    const worked = countWork(tasks.get(key), event);
    if (worked === undefined) continue;
    const { projectId, taskId = 0 } = event;
    const task = { projectId, taskId, revision: worked.revision, mappers: worked.mappers };
    tasks.set(key, task);
    changed.set(key, task);
    if (worked.mapped !== 0) mapped.set(worked.userId, (mapped.get(worked.userId) ?? 0) + worked.mapped);
  }
  await writeTasks(tx, [...changed.values()]);
  return mapped;
}

interface TaskKey {
  projectId: number;
  taskId: number;
}

function keyOf({ projectId, taskId = 0 }: Pick<TaskEvent, "projectId" | "taskId">): string {
  return `${projectId}/${taskId}`;
}

async function writeTasks(tx: TransactionSql, tasks: readonly (TaskKey & WorkedTask)[]): Promise<void> {
  if (tasks.length === 0) return;
  // An array of arrays of different lengths is none to PostgreSQL: each goes as its text.
  await tx`
    insert into worked_tasks (project_id, task_id, revision, mappers, change_time)
    select project_id, task_id, revision, mappers::bigint[], clock_timestamp()
    from unnest(${tasks.map(({ projectId }) => projectId)}::integer[], ${tasks.map(({ taskId }) => taskId)}::integer[],
      ${tasks.map(({ revision }) => String(revision))}::bigint[],
      ${tasks.map(({ mappers }) => `{${mappers.join(",")}}`)}::text[])
      as worked (project_id, task_id, revision, mappers)
    on conflict (project_id, task_id) do update set revision = excluded.revision, mappers = excluded.mappers,
      change_time = excluded.change_time`;
}

/** Changes people's counts, and raises the levels of those whose work makes the next. */
async function countPeople(
  tx: TransactionSql,
  mapped: ReadonlyMap<bigint, number>,
  thresholds: Thresholds,
): Promise<void> {
  if (mapped.size === 0) return;
  const locked = await lockUsers(tx, [...mapped.keys()]);
  const users = new Map(locked.filter(({ deleted }) => !deleted).map((user) => [user.userId, user]));
  if (users.size === 0) return;
  const userIds = [...users.keys()];
  // Only this follower writes counts, and it holds the row of the feed: what is read here stays so until it is written.
  const counts = await tx<Count[]>`
    insert into work_counts (user_id, mapped_tasks)
    select user_id, greatest(coalesce(before.mapped_tasks, 0) + worked.mapped, 0)
    from unnest(${userIds.map(String)}::bigint[], ${userIds.map((userId) => mapped.get(userId) ?? 0)}::integer[])
      as worked (user_id, mapped)
    left join work_counts before using (user_id)
    on conflict (user_id) do update set mapped_tasks = excluded.mapped_tasks
    returning user_id as "userId", mapped_tasks as "mappedTasks", level_given as "levelGiven"`;
  await giveLevels(tx, counts, thresholds);
  const raised = counts.flatMap(({ userId, mappedTasks, levelGiven }) => {
    const from = users.get(userId)?.mappingLevel as MappingLevel;
    const to = raisedLevel({ mappedTasks, levelGiven, level: from }, thresholds);
    return to === undefined ? [] : [{ userId, mappedTasks, from, to }];
  });
  await raiseLevels(tx, raised);
}

interface Count {
  userId: bigint;
  mappedTasks: number;
  levelGiven: MappingLevel;
}

/** Remembers the levels that the work has made, so that none is given twice. */
async function giveLevels(
  tx: TransactionSql,
  counts: readonly Count[],
  thresholds: Thresholds,
): Promise<void> {
  const given = counts
    .map(({ userId, mappedTasks, levelGiven }) => ({
      userId,
      levelGiven,
      level: levelFor(mappedTasks, thresholds),
    }))
    .filter(({ levelGiven, level }) => level > levelGiven);
  if (given.length === 0) return;
  await tx`
    update work_counts set level_given = given.level
    from unnest(${given.map(({ userId }) => String(userId))}::bigint[], ${given.map(({ level }) => level)}::smallint[])
      as given (user_id, level)
    where work_counts.user_id = given.user_id`;
}

interface Raised {
  userId: bigint;
  mappedTasks: number;
  from: MappingLevel;
  to: MappingLevel;
}

async function raiseLevels(tx: TransactionSql, raised: readonly Raised[]): Promise<void> {
  if (raised.length === 0) return;
  await tx`
    update users set mapping_level = raised.level, revision = revision + 1
    from unnest(${raised.map(({ userId }) => String(userId))}::bigint[], ${raised.map(({ to }) => to)}::smallint[])
      as raised (user_id, level)
    where users.user_id = raised.user_id`;
  await appendEvents(
    tx,
    raised.map(({ userId, mappedTasks, from, to }) => ({
      kind: AuthEventKind.LEVEL_RAISED,
      actor: 0n,
      userId,
      details: {
        from: enumWord(MappingLevelSchema, from),
        to: enumWord(MappingLevelSchema, to),
        mapped_tasks: String(mappedTasks),
      },
    })),
  );
}

/** Deletes the state of tasks without events for long; returns of how many. */
export async function forgetWork(sql: Sql): Promise<number> {
  const { count } = await sql`
    delete from worked_tasks where (project_id, task_id) in (
      select project_id, task_id from worked_tasks
      where change_time < now() - make_interval(days => ${UNDOABLE_DAYS}) limit ${FORGOTTEN_MAX})`;
  return count;
}
