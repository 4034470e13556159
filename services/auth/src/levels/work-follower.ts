import type { Client } from "@connectrpc/connect";
import type { TaskEvent } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import type {
  TaskEventService,
  WatchTaskEventsResponse,
} from "@tessera/contracts/tessera/task/v1/task_event_service_pb.ts";
import { foldFeed } from "@tessera/feeds/fold-feed.ts";
import type { Log } from "@tessera/runtime/log.ts";
import type { Store } from "../open-store.ts";
import { type Thresholds, WORK_KINDS } from "./work.ts";

/** What the follower of the work needs. */
export interface WorkFollowerOptions {
  store: Pick<Store, "work">;
  tasks: Pick<Client<typeof TaskEventService>, "watchTaskEvents">;
  /** The headers of its calls, with its identity. */
  headers: () => Promise<Record<string, string>>;
  thresholds: Thresholds;
  /** The replica's own id. */
  holder: string;
  log: Log;
  /** Between two tries; a test says otherwise than the default. */
  retryMs?: number;
}

/**
 * Follows the feed of tasks of all projects, and counts what each person maps: levels are raised for it. A replica that is
 * gone is replaced a quarter of a minute later at most. While the task service is gone levels stay as they are.
 */
export function workFollower(options: WorkFollowerOptions): { stop(): Promise<void> } {
  const { store, tasks, headers, thresholds, holder, log, retryMs } = options;
  const { take, release, moveTo, count } = store.work;
  return foldFeed<WatchTaskEventsResponse>({
    feed: "tasks",
    followed: {
      take,
      release,
      write: (held, next, messages) => {
        return count(held, next, messages.flatMap(eventsOf), thresholds);
      },
      startAgain: (held) => moveTo(held, ""),
    },
    watch: (position, call) =>
      tasks.watchTaskEvents({ position, fromStart: true, kinds: WORK_KINDS, inBatches: true }, call),
    sizeOf: (message) => eventsOf(message).length,
    headers,
    holder,
    log,
    ...(retryMs !== undefined && { retryMs }),
  });
}

/** The events of a message; a task service of before sends each alone. */
function eventsOf({ event, events }: WatchTaskEventsResponse): TaskEvent[] {
  return event === undefined ? events : [event];
}
