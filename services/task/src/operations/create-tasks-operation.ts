import { fromBinary } from "@bufbuild/protobuf";
import { MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { CreateTasksRequestSchema } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import type { Deps } from "../deps.ts";
import { tasksExist } from "../refusals.ts";
import { firstPriorityAreas } from "../tasks/priority-areas.ts";
import { fillArea } from "./fill-area.ts";
import { CoverChanged } from "./fill-store.ts";
import type { Perform } from "./operation-runner.ts";
import { TasksExist } from "./set-store.ts";

/** The longest time to cut an area, in milliseconds. */
const CUTTING_MAX_MS = 120_000;

/** The pause in seconds before a fill is tried again, because tasks were added to the project meanwhile. */
const COVER_RETRY_SECONDS = 1;

/** The work that CreateTasks starts. */
export function createTasksOperation({ store, settings }: Pick<Deps, "store" | "settings">): Perform {
  return async ({ operation, lease, signal }) => {
    await store.advance(operation, lease, { stage: "cutting" });
    const request = fromBinary(CreateTasksRequestSchema, operation.request);
    const area = fromBinary(MultiPolygonSchema, operation.area ?? new Uint8Array());
    const options = { signal, limitMs: CUTTING_MAX_MS, caller: String(operation.user_id) };
    const { tasksMax } = settings;
    const cover = request.fill ? await store.readCover(operation.project_id) : undefined;
    const tasks = await fillArea(request, area, cover, tasksMax, options);
    await store.advance(operation, lease, { stage: "writing", unit_count: tasks.length });
    const grounds = cover === undefined ? tasks.map(({ area: ground }) => ground) : [];
    const priorityAreas = await firstPriorityAreas(operation.priority_areas, grounds, options);
    signal.throwIfAborted();
    try {
      if (cover === undefined) await store.createTasks(operation, lease, { tasks, priorityAreas });
      else await store.fillTasks(operation, lease, { tasks, lastTaskId: cover.lastTaskId, tasksMax });
    } catch (error) {
      // What covers the ground is read again, and it is cut again.
      if (error instanceof CoverChanged || (error instanceof TasksExist && request.fill))
        return store.leaveOperation(operation, lease, COVER_RETRY_SECONDS, "interruptions");
      if (!(error instanceof TasksExist)) throw error;
      throw tasksExist(operation.project_id, (await store.countTasks(operation.project_id)) ?? 0);
    }
  };
}
