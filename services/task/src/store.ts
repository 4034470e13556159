import { feed } from "@tessera/postgres/feed.ts";
import type { Sql } from "@tessera/postgres/pool.ts";
import { forgetRequests, recall } from "@tessera/postgres/requests.ts";
import { sequencer } from "@tessera/postgres/sequencer.ts";
import { changeTask } from "./store/change-task.ts";
import { countTasks, createTasks } from "./store/create-tasks.ts";
import { listTaskEvents, readTaskFeed, TASK_EVENTS, taskExists } from "./store/events.ts";
import { countByState } from "./store/progress.ts";
import { readTask } from "./store/read-task.ts";
import { getSubmission } from "./store/submissions.ts";
import { getTask, listTasks, listTasksWithAreas } from "./store/tasks.ts";
import { writeChanges } from "./store/write-changes.ts";

export type Store = ReturnType<typeof openStore>;

/** All SQL of this service, over one pool. */
export function openStore(sql: Sql, failed: (error: unknown) => void) {
  const events = feed(sql, TASK_EVENTS, readTaskFeed(sql), failed);
  const stamps = sequencer(sql, TASK_EVENTS, { stamped: events.poke, failed });
  return {
    changeTask: changeTask({ read: readTask(sql), write: writeChanges(sql, stamps.poke) }),
    recall: bind(recall),
    countTasks: bind(countTasks),
    createTasks: async (...rest: Rest<typeof createTasks>) => {
      const commitTime = await createTasks(sql, ...rest);
      stamps.poke();
      return commitTime;
    },
    getTask: bind(getTask),
    listTasks: bind(listTasks),
    listTasksWithAreas: bind(listTasksWithAreas),
    getSubmission: bind(getSubmission),
    countByState: bind(countByState),
    taskExists: bind(taskExists),
    listTaskEvents: bind(listTaskEvents),
    events,
    forgetRequests: bind(forgetRequests),
    endStreams: () => void events.stop(),
    stop: () => Promise.all([stamps.stop(), events.stop()]),
  };

  function bind<Args extends unknown[], Result>(query: (sql: Sql, ...args: Args) => Result) {
    return (...args: Args) => query(sql, ...args);
  }
}

type Rest<F> = F extends (sql: Sql, ...rest: infer R) => unknown ? R : never;
