import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { type Task, TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { boundingBoxAround } from "@tessera/geometry/areas/bounding-box.ts";
import type { Visit } from "../visits/visit.ts";

/** The most neighbours that a page names. */
const NEIGHBOURS_MAX = 24;
/** How many numbers on each side are tried for the tasks before and after: those between were split or withdrawn. */
const NUMBERS_TRIED = 25;
/** How far tasks may be apart and still be neighbours, in degrees: about a metre, for rounding. */
const APART_DEGREES = 0.00001;
const FIELDS = { paths: ["project_id", "task_id", "state", "lock"] };

/** The tasks around a task, and those before and after it by number. */
export interface Neighbours {
  around: readonly Task[];
  previous: Task | undefined;
  following: Task | undefined;
}

/** Reads the neighbours of a task. */
export async function neighboursOf({ ask }: Visit, { projectId, taskId, area }: Task): Promise<Neighbours> {
  const numbers = Array.from({ length: 2 * NUMBERS_TRIED + 1 }, (_, at) => taskId - NUMBERS_TRIED + at);
  const taskIds = numbers.filter((it) => it > 0 && it !== taskId);
  const list = (filter: object, pageSize: number) =>
    ask(TaskService.method.listTasks, { projectId, filter, fields: FIELDS, pageSize });
  const [around, listed] = await Promise.all([
    area === undefined || area.polygonLengths.length === 0
      ? { tasks: [] }
      : list({ boundingBox: boxAround(area) }, NEIGHBOURS_MAX + 1),
    list({ taskIds }, 2 * NUMBERS_TRIED),
  ]);
  return {
    around: around.tasks.filter((it) => it.taskId !== taskId && it.state !== TaskState.SPLIT),
    previous: listed.tasks.findLast((it) => it.taskId < taskId),
    following: listed.tasks.find((it) => it.taskId > taskId),
  };
}

function boxAround(area: MultiPolygon) {
  const { west, south, east, north } = boundingBoxAround(area);
  const pole = (latitude: number) => Math.max(-90, Math.min(90, latitude));
  const turn = (longitude: number) =>
    longitude > 180 ? longitude - 360 : longitude < -180 ? longitude + 360 : longitude;
  return {
    west: turn(west - APART_DEGREES),
    east: turn(east + APART_DEGREES),
    south: pole(south - APART_DEGREES),
    north: pole(north + APART_DEGREES),
  };
}
