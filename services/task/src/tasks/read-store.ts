import type { DescMessage } from "@bufbuild/protobuf";
import type { Attempt, Remembered } from "@tessera/postgres/command.ts";
import type { Sql } from "@tessera/postgres/pool.ts";
import type { RequestKey } from "@tessera/postgres/requests.ts";
import { share } from "@tessera/postgres/share.ts";
import type { Fragment } from "postgres";
import { eachProject, type Grouping } from "./each-project.ts";
import { type EarlierRow, earlierOf } from "./earlier-row.ts";
import type { Slot } from "./lock-slots.ts";
import { arrayOf, rowOf } from "./row-text.ts";
import type { Earlier, Known } from "./task.ts";
import { type TaskRow, taskOf } from "./task-row.ts";
import type { WholeTask } from "./whole-task.ts";

/** What a command reads. */
export interface WantedTask {
  /** 0 for no task. */
  taskId: number;
  /** The purpose for which the caller's locks are read; none without it. */
  purpose?: number;
  /** Whether the decision needs what stood before the task's present state. */
  needsEarlier?: boolean;
}

/** What a command on several tasks reads. */
export interface WantedTasks extends Pick<WantedTask, "purpose"> {
  taskIds: readonly number[];
}

type Reader = Pick<Attempt<DescMessage>, "caller" | "key" | "replay">;

/** Writes down that locks have expired. */
type Expire = (slots: readonly Slot[]) => Promise<void>;

/** Reads what commands on tasks decide about. */
export function readKnown(sql: Sql, expire: Expire, grouping: Grouping = {}) {
  const known = readTask(sql, grouping);
  return {
    /** Reads a task, the caller's locks and the clock. Ends the command if its request took effect before. */
    async read({ key, caller, replay }: Reader, wanted: WantedTask): Promise<Known> {
      const { taskId, purpose = 0, needsEarlier = false } = wanted;
      const { remembered, ...rest } = await known({ key, taskId, holder: caller.userId, purpose });
      replay(remembered);
      await freeLapsed(rest, expire);
      const earlier = needsEarlier && rest.task && (await readEarlier(sql, rest.task));
      return earlier ? { ...rest, earlier } : rest;
    },

    /** Reads several tasks, in their order, each as `read` does. */
    async readAll({ key, caller, replay }: Reader, { taskIds, purpose = 0 }: WantedTasks): Promise<Known[]> {
      const [{ remembered, ...rest }, tasks] = await Promise.all([
        known({ key, taskId: 0, holder: caller.userId, purpose }),
        readTasks(sql, key.projectId, taskIds),
      ]);
      replay(remembered);
      await freeLapsed(rest, expire);
      return taskIds.map((taskId) => ({ ...rest, taskId, task: tasks.get(taskId) }));
    },
  };
}

/** A slot whose lock has expired is free, and the end of that lock is written down before another lock takes the slot. */
async function freeLapsed(known: Known, expire: Expire): Promise<void> {
  const { projectId, taskId, now } = known;
  const isOfTask = (slot: Slot) => slot.projectId === projectId && slot.taskId === taskId;
  const lapsed = known.slots.filter((slot) => slot.expireTime <= now && !isOfTask(slot));
  if (lapsed.length > 0) await expire(lapsed);
}

/** What one command reads in a statement that it shares with others. */
export interface Wanted {
  key: RequestKey;
  /** 0 for no task. */
  taskId: number;
  holder: bigint;
  /** 0 for no slots. */
  purpose: number;
}

interface Row extends TaskRow {
  place: number;
  now: Date;
  digest: Buffer | null;
  name: string;
  request_revision: bigint;
  commit_time: Date;
  response: Buffer;
  slots: SlotColumns[] | null;
}

type SlotColumns = [slot: number, projectId: number, taskId: number, expireMs: number];

/**
 * Reads, in one statement for all who ask at the same time: the remembered request, the task, the slots, the clock. Rows are
 * looked up one by one (lateral, limit 1): a join would read the tables whole by a plan that is made while they are small.
 * A plan that is made for a given number of rows expects that number, and one for any number expects few: so the server keeps
 * one plan for all.
 */
export function readTask(sql: Sql, grouping: Grouping = {}) {
  const ofRow = {
    project: sql`w.project_id`,
    slots: sql`(
      select json_agg(json_build_array(s.slot, s.project_id, s.task_id, extract(epoch from s.expire_time) * 1000))
      from lock_slots s where w.purpose <> 0 and s.holder = w.holder and s.purpose = w.purpose)`,
  };
  return share<Wanted, Known & { remembered: Remembered | undefined }>({
    run: async (wanted) => {
      const placed = wanted.map((it, place) => ({ ...it, projectId: it.key.projectId, place }));
      const [rows, slots] = await Promise.all([
        eachProject(placed, grouping, (some, projectId) =>
          readRows(
            sql,
            some,
            projectId === undefined ? ofRow : { project: sql`${projectId}`, slots: sql`null::json` },
          ),
        ),
        grouping.byProject ? readSlots(sql, wanted) : [],
      ]);
      const found = new Map(rows.map((row) => [row.place, row]));
      const known = wanted.map((one, place) => knownOf(one, found.get(place) as Row));
      for (const { place, ...slot } of slots) known[place]?.slots.push(slot);
      return known;
    },
  });
}

/** The slots that are wanted, where those are distributed by holder, each with the place of who wants it. */
async function readSlots(sql: Sql, wanted: readonly Wanted[]) {
  const holders = wanted.flatMap(({ holder, purpose }) => (purpose === 0 ? [] : [String(holder)]));
  if (holders.length === 0) return [];
  const rows = await sql<(Slot & { holder: bigint; purpose: number })[]>`
    select holder, purpose, slot, project_id as "projectId", task_id as "taskId", expire_time as "expireTime"
    from lock_slots where holder = any(${holders}::bigint[])`;
  return wanted.flatMap((one, place) =>
    rows
      .filter(({ holder, purpose }) => holder === one.holder && purpose === one.purpose)
      .map(({ slot, projectId, taskId, expireTime }) => ({ place, slot, projectId, taskId, expireTime })),
  );
}

/** Reads for those who want something in one project, or in that which each row `w` of what they want has. */
function readRows(
  sql: Sql,
  wanted: readonly (Wanted & { place: number })[],
  { project, slots }: { project: Fragment; slots: Fragment },
) {
  const asked = wanted.map(({ key, taskId, holder, purpose, place }) =>
    rowOf([place, key.projectId, taskId, key.caller, key.requestId, holder, purpose]),
  );
  return sql<Row[]>`
    select w.place, date_trunc('milliseconds', clock_timestamp()) as now,
      r.digest, r.name, r.revision as request_revision, r.commit_time, r.response, t.*, ${slots} as slots
    from (select * from unnest(${arrayOf(asked)}::wanted_row[]) limit ${asked.length}) as w
    left join lateral (
      select * from remembered_requests r
      where r.project_id = ${project} and r.caller = w.caller and r.request_id = w.request_id limit 1
    ) r on true
    left join lateral (
      select * from tasks t where t.project_id = ${project} and t.task_id = w.task_id limit 1
    ) t on true`;
}

function knownOf({ key: { projectId }, taskId }: Wanted, row: Row) {
  const { digest, name, request_revision: revision, commit_time: commitTime, response } = row;
  return {
    projectId,
    taskId,
    task: row.revision === null ? undefined : taskOf(row),
    slots: (row.slots ?? []).map(slotOf),
    now: row.now,
    remembered: digest === null ? undefined : { digest, name, revision, commitTime, response },
  };
}

function slotOf([slot, projectId, taskId, expireMs]: SlotColumns): Slot {
  return { slot, projectId, taskId, expireTime: new Date(expireMs) };
}

/** Tasks of a project by number, as they are stored. */
export async function readTasks(
  sql: Sql,
  projectId: number,
  taskIds: readonly number[],
): Promise<Map<number, WholeTask>> {
  const rows = await sql<TaskRow[]>`
    select * from tasks where project_id = ${projectId} and task_id = any(${taskIds}::integer[])`;
  return new Map(rows.map((row) => [row.task_id, taskOf(row)]));
}

/** What stood before the task's present state; undefined if it is as it was created. Events never change. */
export async function readEarlier(sql: Sql, task: WholeTask): Promise<Earlier | undefined> {
  const [row] = await sql<EarlierRow[]>`
    select from_state, before_state_revision, before_state_by, before_mapped_by, before_validated_by from task_events
    where project_id = ${task.projectId} and task_id = ${task.taskId} and revision = ${task.stateRevision ?? 0n}`;
  return row && earlierOf(row);
}
