import { createClient, type Transport } from "@connectrpc/connect";
import { type Event, EventKind } from "@tessera/contracts/tessera/auth/v1/event_pb.ts";
import { EventService } from "@tessera/contracts/tessera/auth/v1/event_service_pb.ts";
import { followNews } from "@tessera/feeds/follow-news.ts";
import type { Logger } from "pino";

/** After these, what one person may do can be other than before. */
const OF_ONE: ReadonlySet<EventKind> = new Set([
  EventKind.ROLE_SET,
  EventKind.LEVEL_SET,
  EventKind.LEVEL_RAISED,
  EventKind.USER_BLOCKED,
  EventKind.USER_UNBLOCKED,
  EventKind.USER_DELETED,
  EventKind.ORGANISATION_CREATED,
  EventKind.ORGANISATION_MANAGER_ADDED,
  EventKind.ORGANISATION_MANAGER_REMOVED,
  EventKind.TEAM_CREATED,
  EventKind.TEAM_MEMBER_ADDED,
  EventKind.TEAM_MEMBER_CHANGED,
  EventKind.TEAM_MEMBER_REMOVED,
  EventKind.JOIN_REQUEST_ACCEPTED,
  EventKind.INVITATION_ACCEPTED,
]);
/** Events that change the rights of people whom they do not name. */
const OF_MANY: ReadonlySet<EventKind> = new Set([EventKind.ORGANISATION_DELETED, EventKind.TEAM_DELETED]);

/** What is done when somebody's role, level or memberships have changed. */
export interface PeopleChanged {
  /** Of one person. */
  person(userId: bigint): void;
  /** Of anybody. */
  anybody(): void;
  /** Somebody was blocked. */
  blocked?(userId: bigint): void;
}

/** Follows the auth service's feed, in this service's own name. Does nothing for a service without an account. */
export function followPeople(
  own: { auth: Transport; headers(): Promise<Record<string, string>> } | undefined,
  changed: PeopleChanged,
  log: Logger,
): { stop(): Promise<void> } {
  if (own === undefined) return { stop: async () => {} };
  const events = createClient(EventService, own.auth);
  return followNews({
    open: (position, call) => events.watchEvents({ position }, call),
    headers: own.headers,
    take: ({ event }) => event && notify(event, changed),
    lost: changed.anybody,
    log,
  });
}

function notify({ kind, userId }: Event, changed: PeopleChanged): void {
  if (kind === EventKind.USER_BLOCKED) changed.blocked?.(userId);
  if (OF_MANY.has(kind)) changed.anybody();
  else if (OF_ONE.has(kind) && userId > 0n) changed.person(userId);
}
