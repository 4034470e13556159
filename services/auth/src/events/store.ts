import type { AuthEventKind } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import type { ReadFeed } from "@tessera/feeds/feed.ts";
import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import type { EventRow } from "./event-row.ts";

/** Which events a list asks for; undefined and UNSPECIFIED for any. */
export interface EventFilter {
  /** Only what concerns or was done by this user; undefined for an administrator, who sees all. */
  viewer?: bigint | undefined;
  userId?: bigint | undefined;
  actorUserId?: bigint | undefined;
  organisationId?: number | undefined;
  teamId?: number | undefined;
  kind: AuthEventKind;
  /** Inclusive. */
  from?: Date | undefined;
  /** Exclusive. */
  before?: Date | undefined;
}

/** The name of the feed in feed_head. */
export const EVENTS = "events";
/** The most events deleted in one statement. */
const FORGOTTEN_MAX = 1_000;

/** What is stored of what happened. Events are read once they have their position. */
export function eventStore(sql: Sql) {
  return {
    /** Undefined for an event that is not there, or that `viewer` may not see. */
    async find(eventId: string, viewer: bigint | undefined): Promise<EventRow | undefined> {
      const [row] = await sql<EventRow[]>`
        select ${eventColumns(sql)} from events
        where event_id = ${eventId} and position is not null ${concerning(sql, viewer)}`;
      return row;
    },

    /** The newest first, before a position. */
    list: (filter: EventFilter, last: bigint | undefined, limit: number): Promise<EventRow[]> => {
      const { viewer, userId, actorUserId, organisationId, teamId, kind, from, before } = filter;
      return sql<EventRow[]>`
        select ${eventColumns(sql)} from events
        where position is not null ${concerning(sql, viewer)}
          ${last === undefined ? sql`` : sql`and position < ${last}`}
          ${userId === undefined ? sql`` : sql`and user_id = ${userId} and user_id > 0`}
          ${actorUserId === undefined ? sql`` : sql`and actor = ${actorUserId} and actor > 0`}
          ${organisationId === undefined ? sql`` : sql`and organisation_id = ${organisationId} and organisation_id > 0`}
          ${teamId === undefined ? sql`` : sql`and team_id = ${teamId} and team_id > 0`}
          ${kind === 0 ? sql`` : sql`and kind = ${kind}`}
          ${from === undefined ? sql`` : sql`and commit_time >= ${from}`}
          ${before === undefined ? sql`` : sql`and commit_time < ${before}`}
        order by position desc limit ${limit}`;
    },

    /** The position up to which events were forgotten. */
    async floor(): Promise<bigint> {
      const [row] = await sql<{ position: bigint }[]>`select position from events_floor`;
      return row?.position ?? 0n;
    },
  };
}

function concerning(sql: Sql, viewer: bigint | undefined) {
  if (viewer === undefined) return sql``;
  return sql`and ((user_id = ${viewer} and user_id > 0) or (actor = ${viewer} and actor > 0))`;
}

/** Reads the feed of events. */
export function readEventFeed(sql: Sql): ReadFeed<EventRow> {
  return ({ after, upTo, limit }) => sql<EventRow[]>`
    select ${eventColumns(sql)} from events
    where position > ${after} ${upTo === undefined ? sql`` : sql`and position <= ${upTo}`}
    order by position limit ${limit}`;
}

/**
 * Deletes some of the events that are older than `days`, the oldest first and without gaps; returns how many. The
 * hash of the last of them is kept, as the oldest that stays is chained to it.
 */
export function forgetEvents(days: number): (sql: Sql) => Promise<number> {
  return (sql) =>
    sql.begin(async (transaction) => {
      const [moved] = await transaction<{ position: bigint }[]>`
        with floor as materialized (
          select position from events_floor for update
        ), oldest as materialized (
          select position, hash, commit_time < now() - make_interval(days => ${days}) as due
          from events where position > (select position from floor) order by position limit ${FORGOTTEN_MAX}
        ), last as (
          select position, hash from oldest
          where position < coalesce((select min(position) from oldest where not due), 9223372036854775807)
          order by position desc limit 1
        )
        update events_floor set position = last.position, hash = last.hash from last
        returning events_floor.position`;
      if (moved === undefined) return 0;
      const { count } = await transaction`delete from events where position <= ${moved.position}`;
      return count;
    });
}

/** The columns of an EventRow. */
export function eventColumns(sql: Sql | TransactionSql) {
  return sql`
    position, 0 as project_id, event_id as "eventId", kind, actor, client_id as "clientId", user_id as "userId",
    organisation_id as "organisationId", team_id as "teamId", details, commit_time as "commitTime",
    to_char(commit_time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "commitText", hash`;
}
