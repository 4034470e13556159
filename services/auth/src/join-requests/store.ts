import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import {
  type JoinRequest,
  JoinRequestSchema,
  JoinRequestState,
} from "@tessera/contracts/tessera/auth/v1/join_request_pb.ts";
import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";

/** For how many days closed ones are kept. */
const KEPT_DAYS = 90;
/** The most rows deleted in one statement. */
const FORGOTTEN_MAX = 1_000;

/** What is stored of join requests. */
export function joinRequestStore(sql: Sql) {
  return {
    async find(teamId: number, joinRequestId: bigint): Promise<JoinRequest | undefined> {
      const [row] = await sql<JoinRequestRow[]>`
        select ${joinRequestColumns(sql)} from join_requests
        where join_request_id = ${joinRequestId} and team_id = ${teamId}`;
      return row && joinRequestOf(row);
    },

    /** The newest first, those that come after one of them; `after` is 0n for the first page. */
    async list(
      teamId: number,
      filter: { state: JoinRequestState },
      page: { after: bigint; most: number },
    ): Promise<JoinRequest[]> {
      const rows = await sql<JoinRequestRow[]>`
        select ${joinRequestColumns(sql)} from join_requests
        where team_id = ${teamId} and (${page.after} = 0::bigint or join_request_id < ${page.after})
          and (${filter.state}::smallint = 0 or state = ${filter.state}::smallint)
        order by join_request_id desc limit ${page.most}`;
      return rows.map(joinRequestOf);
    },
  };
}

/** Of a person who is locked alone: the open join request for this team, and how many are open in all. */
export async function readOpenJoinRequests(
  tx: TransactionSql,
  teamId: number,
  userId: bigint,
): Promise<{ openHere: bigint | undefined; open: number }> {
  const [row] = await tx<{ open_here: bigint | null; open: number }[]>`
    select max(join_request_id) filter (where team_id = ${teamId}) as open_here, count(*)::integer as open
    from join_requests where user_id = ${userId} and state = ${JoinRequestState.OPEN}`;
  return { openHere: row?.open_here ?? undefined, open: row?.open ?? 0 };
}

/** Adds an open join request. Returns its number. */
export async function insertJoinRequest(
  tx: TransactionSql,
  { teamId, userId, message }: { teamId: number; userId: bigint; message: string },
  now: Date,
): Promise<bigint> {
  const [row] = await tx<{ join_request_id: bigint }[]>`
    insert into join_requests (team_id, user_id, message, state, create_time, update_time)
    values (${teamId}, ${userId}, ${message}, ${JoinRequestState.OPEN}, ${now}, ${now})
    returning join_request_id`;
  return (row as { join_request_id: bigint }).join_request_id;
}

/** Returns the user who made a join request; 0n if there is no such request. */
export async function findAsker(tx: TransactionSql, teamId: number, joinRequestId: bigint): Promise<bigint> {
  const [row] = await tx<{ user_id: bigint }[]>`
    select user_id from join_requests where join_request_id = ${joinRequestId} and team_id = ${teamId}`;
  return row?.user_id ?? 0n;
}

/** A join request, of a locked team. */
export async function lockJoinRequest(
  tx: TransactionSql,
  teamId: number,
  joinRequestId: bigint,
): Promise<JoinRequest | undefined> {
  const [row] = await tx<JoinRequestRow[]>`
    select ${joinRequestColumns(tx)} from join_requests
    where join_request_id = ${joinRequestId} and team_id = ${teamId} for update`;
  return row && joinRequestOf(row);
}

/** Writes what became of a join request. Returns the new revision. */
export async function closeJoinRequest(
  tx: TransactionSql,
  joinRequestId: bigint,
  to: { state: JoinRequestState; decidedBy?: bigint; message?: string },
  now: Date,
): Promise<bigint> {
  const [row] = await tx<{ revision: bigint }[]>`
    update join_requests set state = ${to.state}, decided_by = ${to.decidedBy ?? 0n},
      decision_message = ${to.message ?? ""}, update_time = ${now}, revision = revision + 1
    where join_request_id = ${joinRequestId} returning revision`;
  return (row as { revision: bigint }).revision;
}

/** Forgets some of the join requests that were closed long ago. Returns how many. */
export async function forgetJoinRequests(sql: Sql): Promise<number> {
  const { count } = await sql`
    delete from join_requests where join_request_id in (
      select join_request_id from join_requests
      where state <> ${JoinRequestState.OPEN} and update_time < now() - make_interval(days => ${KEPT_DAYS})
      limit ${FORGOTTEN_MAX})`;
  return count;
}

interface JoinRequestRow {
  joinRequestId: bigint;
  teamId: number;
  userId: bigint;
  message: string;
  state: JoinRequestState;
  /** 0n while it is open. */
  decidedByUserId: bigint;
  decisionMessage: string;
  createTime: Date;
  updateTime: Date;
  revision: bigint;
}

function joinRequestColumns(sql: Sql | TransactionSql) {
  return sql`
    join_request_id as "joinRequestId", team_id as "teamId", user_id as "userId", message, state,
    decided_by as "decidedByUserId", decision_message as "decisionMessage", create_time as "createTime",
    update_time as "updateTime", revision`;
}

function joinRequestOf(stored: JoinRequestRow): JoinRequest {
  const { decidedByUserId, decisionMessage, createTime, updateTime, ...row } = stored;
  return create(JoinRequestSchema, {
    ...row,
    ...(decidedByUserId > 0n && { decidedByUserId, decisionMessage }),
    createTime: timestampFromDate(createTime),
    updateTime: timestampFromDate(updateTime),
  });
}
