import { createClient, type Transport } from "@connectrpc/connect";
import { type AuthEvent, AuthEventKind } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import { AuthEventService } from "@tessera/contracts/tessera/auth/v1/auth_event_service_pb.ts";
import { followNews } from "@tessera/feeds/follow-news.ts";
import type { Logger } from "pino";

/** After these, what one person may do can be other than before. */
const OF_ONE: ReadonlySet<AuthEventKind> = new Set([
  AuthEventKind.ROLE_SET,
  AuthEventKind.LEVEL_SET,
  AuthEventKind.LEVEL_RAISED,
  AuthEventKind.USER_BLOCKED,
  AuthEventKind.USER_UNBLOCKED,
  AuthEventKind.USER_DELETED,
  AuthEventKind.ORGANISATION_CREATED,
  AuthEventKind.ORGANISATION_MANAGER_ADDED,
  AuthEventKind.ORGANISATION_MANAGER_REMOVED,
  AuthEventKind.TEAM_CREATED,
  AuthEventKind.TEAM_MEMBER_ADDED,
  AuthEventKind.TEAM_MEMBER_CHANGED,
  AuthEventKind.TEAM_MEMBER_REMOVED,
  AuthEventKind.JOIN_REQUEST_ACCEPTED,
  AuthEventKind.INVITATION_ACCEPTED,
]);
/** Events that change the rights of people whom they do not name. */
const OF_MANY: ReadonlySet<AuthEventKind> = new Set([
  AuthEventKind.ORGANISATION_DELETED,
  AuthEventKind.TEAM_DELETED,
]);

/** What is done when somebody's role, level or memberships have changed. */
export interface PeopleChanged {
  /** Of one person. */
  person(userId: bigint): void;
  /** Of anybody. */
  anybody(): void;
  /** Somebody was blocked. */
  blocked?(userId: bigint): void;
  /** All changes before this time were reported (FollowNewsOptions.confirmed). */
  confirmed?(atMs: number): void;
  /** Whether that matters now (FollowNewsOptions.isNeeded). */
  isNeeded?(): boolean;
}

/** Follows the auth service's feed, in this service's own name. Does nothing for a service without an account. */
export function followPeople(
  own: { auth: Transport; headers(): Promise<Record<string, string>> } | undefined,
  changed: PeopleChanged,
  log: Logger,
): { stop(): Promise<void> } {
  if (own === undefined) return { stop: async () => {} };
  const events = createClient(AuthEventService, own.auth);
  return followNews({
    open: (position, call) => events.watchAuthEvents({ position }, call),
    headers: own.headers,
    take: ({ event }) => event && notify(event, changed),
    lost: changed.anybody,
    ...(changed.confirmed && { confirmed: changed.confirmed }),
    ...(changed.isNeeded && { isNeeded: changed.isNeeded }),
    log,
  });
}

function notify({ kind, userId }: AuthEvent, changed: PeopleChanged): void {
  if (OF_MANY.has(kind)) changed.anybody();
  if (userId === undefined) return;
  if (kind === AuthEventKind.USER_BLOCKED) changed.blocked?.(userId);
  if (OF_ONE.has(kind)) changed.person(userId);
}
