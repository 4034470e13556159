import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { type AuthEvent, AuthEventSchema } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import type { Positioned } from "@tessera/feeds/feed.ts";
import { positionText } from "../position.ts";
import type { ChainedEvent } from "./event-chain.ts";

/** A row of events. Its feed is one and whole: it has no projects. */
export interface EventRow extends ChainedEvent, Positioned {
  commitTime: Date;
  hash: Uint8Array;
}

export function eventOf(row: EventRow): AuthEvent {
  const { eventId, kind, actor, clientId, userId, organisationId, teamId, details, hash } = row;
  return create(AuthEventSchema, {
    position: positionText(row.position),
    eventId,
    kind,
    ...(actor > 0n && { actorUserId: actor }),
    ...(clientId !== "" && { clientId }),
    ...(userId > 0n && { userId }),
    ...(organisationId > 0 && { organisationId }),
    ...(teamId > 0 && { teamId }),
    details,
    commitTime: timestampFromDate(row.commitTime),
    hash,
  });
}
