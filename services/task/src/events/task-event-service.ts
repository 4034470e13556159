import type { ServiceImpl } from "@connectrpc/connect";
import type { TaskEventService } from "@tessera/contracts/tessera/task/v1/task_event_service_pb.ts";
import type { Deps } from "../deps.ts";
import { listLatestTaskEvents } from "./list-latest-task-events.ts";
import { listTaskEvents } from "./list-task-events.ts";
import { watchTaskEvents } from "./watch-task-events.ts";

/** Implements tessera.task.v1.TaskEventService. */
export function taskEventService(deps: Deps): ServiceImpl<typeof TaskEventService> {
  return {
    listTaskEvents: listTaskEvents(deps),
    listLatestTaskEvents: listLatestTaskEvents(deps),
    watchTaskEvents: watchTaskEvents(deps),
  };
}
