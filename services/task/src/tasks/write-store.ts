import type { DescMessage } from "@bufbuild/protobuf";
import { beginFor } from "@tessera/postgres/begin-for.ts";
import type { Answer, Attempt, Written } from "@tessera/postgres/command.ts";
import { databaseFailure } from "@tessera/postgres/database-failure.ts";
import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import { share, WAITS } from "@tessera/postgres/share.ts";
import postgres from "postgres";
import { columnsOf, type Decided } from "./change-columns.ts";
import type { Grouping } from "./each-project.ts";
import type { Change } from "./task.ts";

/** Returns the time of the write; undefined if a task had changed since it was read and nothing was written. */
export type WriteChanges = (decided: Decided) => Promise<Date | undefined>;

const UNIQUE_VIOLATION = "23505";
const LOCK_NOT_AVAILABLE = "55P03";
/**
 * A shared statement waits for no task. The wait for slots and requests, whose holders no statement can see, in
 * milliseconds: longer than a commit takes. A caller that leaves meanwhile leaves too late.
 */
const SHARED_WAIT_MS = 250;

/**
 * Writes what commands decided, all that come at the same time in one statement, which is the transaction: each command
 * whole or not at all. A statement holds one command per task and per holder at most, so that none waits for another in
 * it; and a command that waits for another transaction does so alone.
 */
export function writeChanges(sql: Sql, wrote: () => void, grouping: Grouping = {}): WriteChanges {
  const write = share<Decided, Date | undefined>({
    run: (decided, mayWait) => (mayWait ? writeAlone(sql, decided) : writeAtOnce(sql, decided, grouping)),
    mustBeWanted: ({ attempt }) => attempt?.throwIfGone(),
    isWait: (error) => error instanceof postgres.PostgresError && error.code === LOCK_NOT_AVAILABLE,
    keysOf,
  });
  return async (decided) => {
    const commitTime = await write(decided).catch(undefinedIfRaced);
    if (commitTime !== undefined && decided.changes.some(({ events }) => events.length > 0)) wrote();
    return commitTime;
  };
}

/**
 * Writes all that a command changes, and its answer, or nothing. Returns undefined if a task is no longer as it was read, a
 * lock that the command needs has expired, or a twin has taken effect.
 */
export function writeCommand(write: WriteChanges) {
  return async <O extends DescMessage>(
    attempt: Attempt<O>,
    changes: Change[],
    answer: Answer<O>,
  ): Promise<Written<O> | undefined> => {
    const remember = attempt.remember(answer);
    const commitTime = await write({ caller: attempt.caller.userId, changes, remember, attempt });
    return commitTime && { ...answer, commitTime };
  };
}

function keysOf({ caller, changes }: Decided): string[] {
  const tasks = changes.map(({ before }) => `task ${before.projectId}/${before.taskId}`);
  const others = changes.flatMap(({ before }) => (before.lock ? [`holder ${before.lock.holderUserId}`] : []));
  return [...new Set([...tasks, ...others, `holder ${caller}`])];
}

/** Writes what may wait for others; its caller may go meanwhile. */
function writeAlone(sql: Sql, decided: readonly Decided[]): Promise<(Date | undefined)[]> {
  const [one] = decided;
  const { context } = one?.attempt ?? {};
  return context ? beginFor(sql, context, (tx) => writeAll(tx, decided)) : writeAll(sql, decided);
}

/** The same request committed in between for another task, or two statements met in the wrong order. */
export function undefinedIfRaced(error: unknown): undefined {
  const raced = error instanceof postgres.PostgresError && error.code === UNIQUE_VIOLATION;
  if (raced || databaseFailure(error) === "conflict") return undefined;
  throw error;
}

/** Writes commands, and waits for tasks that other transactions have. */
export async function writeAll(
  sql: Sql | TransactionSql,
  decided: readonly Decided[],
): Promise<(Date | undefined)[]> {
  const { groups, slots } = columnsOf(decided);
  const rows = await sql<Row[]>`
    select * from write_command_rows(${sql.json(groups)}, ${slots})`;
  const written = new Map(rows.map((row) => [row.command_no, row.written_time ?? undefined]));
  return decided.map((_, command) => written.get(command));
}

/** Writes the commands that need no wait, and returns those that would have to wait for a task. */
async function writeAtOnce(
  sql: Sql,
  decided: readonly Decided[],
  grouping: Grouping,
): Promise<(Date | undefined | typeof WAITS)[]> {
  const { groups, slots } = columnsOf(decided, grouping);
  const rows = await sql<Row[]>`
    select command_no, written_time
    from write_command_rows(${sql.json(groups)}, ${slots}, ${SHARED_WAIT_MS})`;
  const written = new Map<number, Date | typeof WAITS>(
    rows.map((row) => [row.command_no, row.written_time ?? WAITS]),
  );
  return decided.map((_, command) => written.get(command));
}

/** A command that is written, or, without a time, whose tasks another transaction has. */
interface Row {
  command_no: number;
  written_time: Date | null;
}
