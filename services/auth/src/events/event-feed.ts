import { type Feed, feed } from "@tessera/feeds/feed.ts";
import type { Sql } from "@tessera/postgres/pool.ts";
import type { Log } from "@tessera/runtime/log.ts";
import { stampEvents } from "./event-chain-store.ts";
import type { EventRow } from "./event-row.ts";
import { eventSequencer } from "./event-sequencer.ts";
import { EVENTS, readEventFeed } from "./store.ts";

/** Gives events their position and passes them to the watchers, until it is stopped. */
export function startEventFeed(sql: Sql, log: Log): Feed<EventRow> {
  const following = feed(sql, EVENTS, readEventFeed(sql), (error) =>
    log.warn({ err: error }, "could not read the event feed; retrying"),
  );
  const sequencing = eventSequencer(() => stampEvents(sql), following.poke, log);
  return {
    ...following,
    stop: async () => {
      await sequencing.stop();
      await following.stop();
    },
  };
}
