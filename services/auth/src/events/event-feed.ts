import { type Feed, feed } from "@tessera/feeds/feed.ts";
import { pokeFeed } from "@tessera/feeds/feed-signs.ts";
import type { Pulse } from "@tessera/feeds/pulse.ts";
import type { Sql } from "@tessera/postgres/pool.ts";
import type { Log } from "@tessera/runtime/log.ts";
import { repeat } from "@tessera/runtime/repeat.ts";
import type { Signs } from "../sign-store.ts";
import { STAMPED_MAX, stampEvents } from "./event-chain-store.ts";
import type { EventRow } from "./event-row.ts";
import { EVENTS, readEventFeed } from "./store.ts";

/** A look for events without a position, without a sign that there are any. */
const LOOK_MS = 30_000;

/**
 * Gives committed events their position, some milliseconds after their commit, and passes them to the watchers, until it is
 * stopped. Any number of replicas may: one at a time does.
 */
export function startEventFeed(sql: Sql, signs: Pulse<Signs>, log: Log): Feed<EventRow> {
  const following = feed(sql, EVENTS, readEventFeed(sql), (error) =>
    log.warn({ err: error }, "could not read the event feed; retrying"),
  );
  const stamping = repeat({
    everyMs: LOOK_MS,
    work: async (signal) => {
      for (let count = STAMPED_MAX; count === STAMPED_MAX && !signal.aborted; ) {
        count = await stampEvents(sql);
        if (count > 0) following.poke();
      }
    },
    failed: (error) =>
      log.warn({ err: error }, "could not stamp events: the feed does not advance; retrying"),
  });
  signs.on((found) => pokeFeed(found, { events: following, stamps: stamping }));
  return {
    ...following,
    stop: async () => {
      await stamping.stop();
      await following.stop();
    },
  };
}
