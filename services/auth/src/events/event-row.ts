import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { type AuthEvent, AuthEventSchema } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import type { Positioned } from "@tessera/feeds/feed.ts";
import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import { positionText } from "../position.ts";
import type { ChainedEvent } from "./event-chain.ts";

/** A row of events. Its feed is one and whole: it has no projects. */
export interface EventRow extends ChainedEvent, Positioned {
  commitTime: Date;
  hash: Uint8Array;
}

/** The columns of an EventRow. */
export function eventColumns(sql: Sql | TransactionSql) {
  return sql`
    position, 0 as project_id, event_id as "eventId", kind, actor, client_id as "clientId", user_id as "userId",
    organisation_id as "organisationId", team_id as "teamId", details, commit_time as "commitTime",
    to_char(commit_time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "commitText", hash`;
}

export function eventOf(row: EventRow): AuthEvent {
  const { eventId, kind, actor, clientId, userId, organisationId, teamId, details, hash } = row;
  return create(AuthEventSchema, {
    position: positionText(row.position),
    eventId,
    kind,
    actorUserId: actor,
    clientId,
    userId,
    organisationId,
    teamId,
    details,
    commitTime: timestampFromDate(row.commitTime),
    hash,
  });
}
