import { randomUUID } from "node:crypto";
import { createClient } from "@connectrpc/connect";
import { type AuthEvent, AuthEventKind } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import {
  AuthEventService,
  type WatchAuthEventsResponse,
} from "@tessera/contracts/tessera/auth/v1/auth_event_service_pb.ts";
import { foldFeed } from "@tessera/feeds/fold-feed.ts";
import type { Trust } from "@tessera/identity/trust.ts";
import type { Log } from "@tessera/runtime/log.ts";
import type { Store } from "./open-store.ts";
import type { Deleted } from "./reference-store.ts";

/**
 * Follows the auth service's feed and removes from projects the organisations, teams and people that were deleted. One
 * replica at a time does; while the auth service is away nothing is missed. Does nothing for a service without an account.
 */
export function followReferences(
  own: Trust["own"],
  { references, events }: Pick<Store, "references" | "events">,
  log: Log,
): { stop(): Promise<void> } {
  if (own === undefined) return { stop: async () => {} };
  const auth = createClient(AuthEventService, own.auth);
  const { take, release, moveTo, remove } = references;
  return foldFeed<WatchAuthEventsResponse>({
    feed: "auth",
    followed: {
      take,
      release,
      startAgain: (held) => moveTo(held, ""),
      write: (held, next, messages) =>
        remove(held, next, deletedBy(messages.flatMap(({ event }) => event ?? []))).finally(events.poke),
    },
    watch: (position, call) => auth.watchAuthEvents({ position, fromStart: true }, call),
    headers: own.headers,
    holder: randomUUID(),
    log,
  });
}

/** What events say was deleted. */
export function deletedBy(events: readonly AuthEvent[]): Deleted {
  const of = (wanted: AuthEventKind) => events.filter(({ kind }) => kind === wanted);
  return {
    organisationIds: of(AuthEventKind.ORGANISATION_DELETED).flatMap(
      ({ organisationId = [] }) => organisationId,
    ),
    teamIds: of(AuthEventKind.TEAM_DELETED).flatMap(({ teamId = [] }) => teamId),
    userIds: of(AuthEventKind.USER_DELETED).flatMap(({ userId = [] }) => userId),
  };
}
