import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { type Client, createClient } from "@connectrpc/connect";
import { AccessService } from "@tessera/contracts/tessera/project/v1/access_service_pb.ts";
import { ProjectEventKind } from "@tessera/contracts/tessera/project/v1/project_event_pb.ts";
import { ProjectEventService } from "@tessera/contracts/tessera/project/v1/project_event_service_pb.ts";
import { followNews } from "@tessera/feeds/follow-news.ts";
import { followPeople } from "@tessera/identity/follow-people.ts";
import type { Trust } from "@tessera/identity/trust.ts";
import { connect } from "@tessera/rpc/connect.ts";
import type { Log } from "@tessera/runtime/log.ts";
import { repeat } from "@tessera/runtime/repeat.ts";
import { withKinds } from "./access-by-kind.ts";
import type { AccessFeed, KnownAccess } from "./known-access.ts";

/** How often answers that are about to expire are refreshed. */
const LOOK_MS = 1_000;
/** Answers are not refreshed while both feeds were confirmed within this time. */
const CONFIRMED_MS = 3_500;
/** The most people of one project in one call, and the most such calls at once. */
const PEOPLE_MAX = 100;
const AT_ONCE_MAX = 4;
/** The greatest age of an answer about active users; after news of one of them, it may be no older than the news. */
const MAX_AGE_MS = 1_000;
const ASK_MS = 2_000;

/**
 * Keeps cached access in step with the project and auth services: answers are dropped as soon as the feeds report a
 * change, and hold while both feeds are connected and not behind. Without that, answers about active users are refreshed
 * before they expire. Does nothing for a service without an account: then all is asked again every few seconds.
 */
export function followAccess(
  projectAddress: string,
  { own }: Pick<Trust, "own">,
  known: KnownAccess,
  log: Log,
  releaseHeld: (userId: bigint) => Promise<void> = async () => {},
): { stop(): Promise<void> } {
  if (own === undefined) return { stop: async () => {} };
  const connection = connect(projectAddress, own.options);
  const events = createClient(ProjectEventService, connection);
  // Nobody waits for the locks of a person who is blocked; one that cannot be released now expires by itself.
  const blocked = (userId: bigint) =>
    void releaseHeld(userId).catch((error: unknown) =>
      log.warn({ err: error }, "could not release the locks of a blocked user"),
    );
  const confirmedMs: Record<AccessFeed, number> = { people: 0, projects: 0 };
  const confirm = (feed: AccessFeed) => (atMs: number) => {
    confirmedMs[feed] = atMs;
    known.confirm(feed, atMs);
  };
  const people = followPeople(
    own,
    {
      person: known.forgetPerson,
      anybody: known.forgetAll,
      blocked,
      confirmed: confirm("people"),
      isNeeded: known.isInUse,
    },
    log,
  );
  const projects = followNews({
    open: (position, call) => events.watchProjectEvents({ position }, call),
    headers: own.headers,
    take: ({ event }) => {
      if (event && (event.accessChanged || event.kind === ProjectEventKind.DELETED))
        known.forgetProject(event.projectId);
    },
    lost: known.forgetAll,
    confirmed: confirm("projects"),
    isNeeded: known.isInUse,
    log,
  });
  const isConfirmed = () => Math.min(confirmedMs.people, confirmedMs.projects) > Date.now() - CONFIRMED_MS;
  const active = () => (isConfirmed() ? new Map() : known.active());
  const client = createClient(AccessService, connection);
  const renewing = renewActive(client, own.headers, { active, renew: known.renew });
  return {
    stop: async () => {
      await Promise.all([people.stop(), projects.stop(), renewing.stop()]);
      connection.close();
    },
  };
}

/** Asks about those who are active, in this service's own name, so that they need not wait. */
function renewActive(
  client: Client<typeof AccessService>,
  headers: () => Promise<Record<string, string>>,
  known: Pick<KnownAccess, "active" | "renew">,
): { stop(): Promise<void> } {
  const ask = async (projectId: number, userIds: bigint[], maxAgeMs: number, signal: AbortSignal) => {
    const call = { headers: await headers(), signal, timeoutMs: ASK_MS };
    const request = { projectId, userIds, maxAge: durationFromMs(maxAgeMs) };
    return withKinds(await client.batchGetUserAccess(request, call));
  };
  const renew = async (signal: AbortSignal): Promise<void> => {
    const lots = lotsOf(known.active());
    for (let from = 0; from < lots.length && !signal.aborted; from += AT_ONCE_MAX) {
      const some = lots.slice(from, from + AT_ONCE_MAX);
      // Users whose answers cannot be refreshed are read at their next call; stale answers serve until then.
      await Promise.allSettled(
        some.map(([projectId, userIds]) =>
          known.renew(projectId, userIds, (maxAgeMs = MAX_AGE_MS) =>
            ask(projectId, userIds, Math.min(maxAgeMs, MAX_AGE_MS), signal),
          ),
        ),
      );
    }
  };
  return repeat({ everyMs: LOOK_MS, work: renew });
}

function lotsOf(active: ReadonlyMap<number, readonly bigint[]>): [number, bigint[]][] {
  return [...active].flatMap(([projectId, userIds]) =>
    Array.from({ length: Math.ceil(userIds.length / PEOPLE_MAX) }, (_, lot): [number, bigint[]] => [
      projectId,
      userIds.slice(lot * PEOPLE_MAX, (lot + 1) * PEOPLE_MAX),
    ]),
  );
}
