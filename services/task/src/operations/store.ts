import type { DescMessage } from "@bufbuild/protobuf";
import { OperationState } from "@tessera/contracts/tessera/rpc/v1/operation_pb.ts";
import { beginFor } from "@tessera/postgres/begin-for.ts";
import type { Attempt, Written } from "@tessera/postgres/command.ts";
import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import { rememberRequest } from "@tessera/postgres/requests.ts";
import { undefinedIfRaced } from "../tasks/write-store.ts";
import { type OperationRow, operationName } from "./operation-row.ts";

/** The most running operations of a project. */
export const UNDER_WAY_MAX = 10;
/** The lease of an operation; its runner extends it while it works. */
const LEASE_SECONDS = 15;
/** For how many days ended operations are kept. */
const KEPT_DAYS = 30;
const FORGOTTEN_MAX = 1_000;
/** A process that looks for work tries this many operations. */
const OFFERED_MAX = 10;

/** What an operation shall do. */
export interface Start {
  kind: string;
  request: Uint8Array;
  area?: Uint8Array;
  /** The revision of the project that has the area, where that matters. */
  areaRevision?: bigint;
  /** The priority areas of the project in binary, with the area. */
  priorityAreas?: Uint8Array | undefined;
  userId: bigint;
}

/** The command that is written. */
type CommandOf = Pick<Attempt<DescMessage>, "key" | "context">;
/** A response of nothing but the acknowledgement. */
type Done = Omit<Written<DescMessage>, "response" | "secret" | "document">;

/** Accepts an operation and remembers the request. "full" if too many are under way; undefined if somebody was quicker. */
export async function startOperation(
  sql: Sql,
  { key, context }: CommandOf,
  { kind, request, area, areaRevision = 0n, priorityAreas, userId }: Start,
): Promise<Done | "full" | undefined> {
  const write = (tx: TransactionSql) => tx<{ name: string; commit_time: Date }[]>`
    with place as materialized (
      select coalesce(max(operation_id), 0) + 1 as id, count(*) filter (where end_time is null) as under_way,
        date_trunc('milliseconds', clock_timestamp()) as now
      from operations where project_id = ${key.projectId}
    ), started as (
      insert into operations (project_id, operation_id, kind, request, area, area_revision, priority_areas, user_id, state,
        start_time, update_time, revision)
      select ${key.projectId}, id, ${kind}, ${Buffer.from(request)}, ${area ? Buffer.from(area) : null},
        ${areaRevision}, ${priorityAreas ? Buffer.from(priorityAreas) : null}, ${userId}, ${OperationState.PENDING}, now, now, 1
      from place where under_way < ${UNDER_WAY_MAX}
      returning operation_id, start_time
    )
    ${rememberRequest(
      tx,
      {
        ...key,
        name: tx`${`projects/${key.projectId}/operations/`}::text || operation_id`,
        revision: 1n,
        commitTime: tx`start_time`,
      },
      tx`from started`,
    )} returning name, commit_time`;
  const rows = await beginFor(sql, context, write).catch(undefinedIfRaced);
  const [row] = rows ?? [];
  if (row === undefined) return rows && "full";
  return { name: row.name, revision: 1n, commitTime: row.commit_time };
}

export async function getOperation(
  sql: Sql,
  projectId: number,
  operationId: number,
): Promise<OperationRow | undefined> {
  const [row] = await sql<OperationRow[]>`
    select * from operations where project_id = ${projectId} and operation_id = ${operationId}`;
  return row;
}

/** Those of these operations that exist. */
export function getOperations(
  sql: Sql,
  keys: readonly { projectId: number; operationId: number }[],
): Promise<OperationRow[]> {
  return sql<OperationRow[]>`
    select o.* from unnest(${keys.map((it) => it.projectId)}::integer[], ${keys.map((it) => it.operationId)}::integer[])
      as k (project_id, operation_id) join operations o using (project_id, operation_id)`;
}

/** Operations of a project before a number, the newest first. 0 for all. */
export function listOperations(
  sql: Sql,
  projectId: number,
  before: number,
  limit: number,
): Promise<OperationRow[]> {
  return sql<OperationRow[]>`
    select * from operations where project_id = ${projectId} ${before === 0 ? sql`` : sql`and operation_id < ${before}`}
    order by operation_id desc limit ${limit}`;
}

/** Asks an operation to stop, if it is still as it was read. One that nobody began is done at once. */
export async function cancelOperation(
  sql: Sql,
  { key, context }: CommandOf,
  row: OperationRow,
): Promise<Done | undefined> {
  const begun = row.state === OperationState.RUNNING;
  const name = operationName(row);
  const write = (tx: TransactionSql) => tx<{ revision: bigint; commit_time: Date }[]>`
    with asked as (
      update operations set cancel_requested = true, revision = revision + 1,
        update_time = date_trunc('milliseconds', statement_timestamp()),
        ${begun ? tx`state = state` : tx`state = ${OperationState.CANCELLED}, end_time = statement_timestamp()`}
      where project_id = ${row.project_id} and operation_id = ${row.operation_id} and revision = ${row.revision}
      returning revision, update_time
    )
    ${rememberRequest(tx, { ...key, name, revision: tx`revision`, commitTime: tx`update_time` }, tx`from asked`)}
    returning revision, commit_time`;
  const rows = await beginFor(sql, context, write).catch(undefinedIfRaced);
  const [written] = rows ?? [];
  return written && { name, revision: written.revision, commitTime: written.commit_time };
}

/**
 * Takes an operation that is to be done and that nobody works at; `lease` is what this run is known by. An existing
 * lease has expired: its process sent no heartbeat, which counts as an interruption.
 */
export async function takeOperation(sql: Sql, lease: string): Promise<OperationRow | undefined> {
  const free = sql`end_time is null and (lease_until is null or lease_until <= statement_timestamp())`;
  // Several processes find the same ones: each is taken by its key, if it is still free.
  const found = await sql<Pick<OperationRow, "project_id" | "operation_id">[]>`
    select project_id, operation_id from operations where ${free}
    order by lease_until nulls first, start_time limit ${OFFERED_MAX}`;
  for (const { project_id, operation_id } of found) {
    const [row] = await sql<OperationRow[]>`
      update operations set lease = ${lease},
        lease_until = statement_timestamp() + make_interval(secs => ${LEASE_SECONDS}), attempts = attempts + 1,
        interruptions = interruptions + (lease is not null)::integer, state = ${OperationState.RUNNING},
        revision = revision + 1, update_time = statement_timestamp()
      where project_id = ${project_id} and operation_id = ${operation_id} and ${free}
      returning *`;
    if (row) return row;
  }
  return undefined;
}

/** What changes about an operation while it is worked at. */
export type Advance = Partial<
  Pick<
    OperationRow,
    | "state"
    | "stage"
    | "unit_count"
    | "done_count"
    | "skipped_count"
    | "skipped_counts"
    | "result_counts"
    | "cursor_task_id"
    | "last_task_id"
    | "error"
    | "result_name"
  >
>;

/** The lease went to somebody else, or the operation is gone: what this one was about to write must not be written. */
export class LeaseLost extends Error {
  override readonly name = "LeaseLost";
}

/**
 * Writes the progress of an operation for the holder of its lease, and extends the lease; a final state ends the
 * lease. Throws LeaseLost.
 */
export async function advance(
  sql: Sql | TransactionSql,
  { project_id, operation_id }: OperationRow,
  lease: string,
  to: Advance,
): Promise<void> {
  const done = to.state !== undefined && to.state !== OperationState.RUNNING;
  const { count } = await sql`
    update operations set state = coalesce(${to.state ?? null}, state), stage = ${done ? "" : sql`coalesce(${to.stage ?? null}, stage)`},
      unit_count = coalesce(${to.unit_count ?? null}, unit_count),
      done_count = coalesce(${to.done_count ?? null}, done_count),
      skipped_count = coalesce(${to.skipped_count ?? null}, skipped_count),
      skipped_counts = coalesce(${to.skipped_counts ? sql.json(to.skipped_counts) : null}::jsonb, skipped_counts),
      result_counts = coalesce(${to.result_counts ? sql.json(to.result_counts) : null}::jsonb, result_counts),
      cursor_task_id = coalesce(${to.cursor_task_id ?? null}, cursor_task_id),
      last_task_id = coalesce(${to.last_task_id ?? null}, last_task_id),
      error = coalesce(${to.error ? sql.json(to.error as never) : null}::jsonb, error),
      result_name = coalesce(${to.result_name ?? null}, result_name),
      revision = revision + 1, update_time = statement_timestamp(),
      lease_until = statement_timestamp() + make_interval(secs => ${LEASE_SECONDS})
      ${done ? sql`, end_time = statement_timestamp(), area = null, priority_areas = null` : sql``}
    where project_id = ${project_id} and operation_id = ${operation_id} and lease = ${lease} and end_time is null`;
  if (count === 0) throw new LeaseLost();
}

/** Whether somebody asked an operation to stop. Throws LeaseLost. */
export async function isCancelled(
  sql: Sql | TransactionSql,
  { project_id, operation_id }: OperationRow,
  lease: string,
): Promise<boolean> {
  const [row] = await sql<{ cancel_requested: boolean }[]>`
    select cancel_requested from operations
    where project_id = ${project_id} and operation_id = ${operation_id} and lease = ${lease} and end_time is null`;
  if (row === undefined) throw new LeaseLost();
  return row.cancel_requested;
}

/** What may count against an operation when a process leaves it: what interrupted it, or a failure of its own. */
export type Setback = "interruptions" | "failures";

/** Releases a lease: runners find the operation again after `seconds`. A pause has no setback. */
export async function leaveOperation(
  sql: Sql,
  { project_id, operation_id }: OperationRow,
  lease: string,
  afterSeconds: number,
  setback?: Setback,
): Promise<void> {
  await sql`
    update operations set lease_until = statement_timestamp() + make_interval(secs => ${afterSeconds}), lease = null,
      failures = failures + ${setback === "failures" ? 1 : 0},
      interruptions = interruptions + ${setback === "interruptions" ? 1 : 0}
    where project_id = ${project_id} and operation_id = ${operation_id} and lease = ${lease} and end_time is null`;
}

/** Prolongs a lease. */
export async function holdOperation(
  sql: Sql,
  { project_id, operation_id }: OperationRow,
  lease: string,
): Promise<void> {
  await sql`
    update operations set lease_until = statement_timestamp() + make_interval(secs => ${LEASE_SECONDS})
    where project_id = ${project_id} and operation_id = ${operation_id} and lease = ${lease} and end_time is null`;
}

/**
 * Deletes some of the operations that ended long ago; returns how many. A project's last one stays, so that no number
 * is given twice.
 */
export async function forgetOperations(sql: Sql): Promise<number> {
  const { count } = await sql`
    delete from operations where (project_id, operation_id) in (
      select project_id, operation_id from operations o
      where operation_id < (select max(operation_id) from operations l where l.project_id = o.project_id)
        and end_time < now() - make_interval(days => ${KEPT_DAYS}) limit ${FORGOTTEN_MAX})`;
  return count;
}
