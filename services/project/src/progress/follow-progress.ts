import { randomUUID } from "node:crypto";
import { type Client, createClient } from "@connectrpc/connect";
import type { TaskEvent } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import type { WatchTaskEventsResponse } from "@tessera/contracts/tessera/task/v1/task_event_service_pb.ts";
import { TaskEventService } from "@tessera/contracts/tessera/task/v1/task_event_service_pb.ts";
import { foldFeed } from "@tessera/feeds/fold-feed.ts";
import type { Trust } from "@tessera/identity/trust.ts";
import { connect } from "@tessera/rpc/connect.ts";
import type { Log } from "@tessera/runtime/log.ts";
import type { ProjectConfig } from "../config.ts";
import type { Store } from "../open-store.ts";

/** Progress is exact within 5 s, also where the stream was cut or the replica that folds is gone. */
const RETRY_MS = 500;
const KEEP_MS = 2_000;

/** Folds the work on tasks into the progress of projects, where it is known where the task service is. */
export function followProgress(
  config: ProjectConfig,
  { own }: Pick<Trust, "own">,
  store: Pick<Store, "progress">,
  log: Log,
): { stop(): Promise<void> } {
  if (config.TASK_ADDRESS === undefined) return { stop: async () => {} };
  if (own === undefined) {
    log.warn("SERVICE_ACCOUNT is not set: the progress of projects is unknown");
    return { stop: async () => {} };
  }
  const connection = connect(config.TASK_ADDRESS, own.options);
  const following = foldProgress({
    store,
    tasks: createClient(TaskEventService, connection),
    headers: own.headers,
    log,
  });
  return {
    stop: async () => {
      await following.stop();
      connection.close();
    },
  };
}

/** Folds the feed of tasks of all projects; one replica at a time does. */
export function foldProgress({
  store,
  tasks,
  headers,
  log,
}: {
  store: Pick<Store, "progress">;
  tasks: Pick<Client<typeof TaskEventService>, "watchTaskEvents">;
  headers: () => Promise<Record<string, string>>;
  log: Log;
}): { stop(): Promise<void> } {
  const { take, release, fold, startAgain } = store.progress;
  return foldFeed<WatchTaskEventsResponse>({
    feed: "tasks",
    followed: {
      take,
      release,
      startAgain,
      write: (held, next, messages) => fold(held, next, messages.flatMap(eventsOf)),
    },
    watch: (position, call) => tasks.watchTaskEvents({ position, fromStart: true, inBatches: true }, call),
    sizeOf: (message) => eventsOf(message).length,
    headers,
    holder: randomUUID(),
    log,
    retryMs: RETRY_MS,
    keepMs: KEEP_MS,
  });
}

/** The events of a message; a task service of before sends each alone. */
function eventsOf({ event, events }: WatchTaskEventsResponse): TaskEvent[] {
  return event === undefined ? events : [event];
}
