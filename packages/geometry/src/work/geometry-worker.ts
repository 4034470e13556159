import { parentPort, workerData } from "node:worker_threads";
import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { type PackedAreas, unpackAreas } from "../areas/packed-areas.ts";
import { checkTaskAreas } from "../grids/check-task-areas.ts";
import { cutIntoAbout } from "../grids/cut-into-about.ts";
import { cutIntoSquares } from "../grids/cut-into-squares.ts";
import { checkFillAreas, type FillCut, fillGround } from "../grids/fill-ground.ts";
import { cutIntoGrid, type GridEdge, type GridTask } from "../grids/grid.ts";
import { memoryOfTasks, type PackedTasks, packTasks, unpackTasks } from "../grids/packed-tasks.ts";
import { tasksOutside } from "../grids/tasks-outside.ts";
import { splitTask } from "../splitting/split-task.ts";
import { type CarriedError, carried } from "../validity/carried-error.ts";
import { checkArea } from "../validity/check-area.ts";

/** What a worker is started for. `area` holds one area. */
export type GeometryJob =
  | { kind: "check"; area: PackedAreas }
  | { kind: "check-tasks"; area: PackedAreas; tasks: PackedAreas; limit: number }
  | { kind: "cut"; area: PackedAreas; zoom: number; edge: GridEdge; limit: number }
  | { kind: "squares"; area: PackedAreas; sizeMetres: number; limit: number }
  | { kind: "about"; area: PackedAreas; count: number; limit: number }
  | { kind: "split"; area: PackedAreas; task: PackedTasks }
  | {
      kind: "fill";
      area: PackedAreas;
      tasks: PackedAreas;
      given: PackedAreas;
      cut: FillCut;
      limit: number;
    }
  | { kind: "outside"; area: PackedAreas; tasks: PackedAreas };

/** What each kind of job gives when all is well. */
export interface GeometryResults {
  check: undefined;
  "check-tasks": undefined;
  cut: PackedTasks;
  squares: PackedTasks;
  about: PackedTasks;
  split: PackedTasks;
  fill: PackedTasks;
  outside: Uint32Array<ArrayBuffer>;
}

/** What a worker answers, once. Errors that are no answers end the worker and reach its owner as they are. */
export type GeometryAnswer = { result: GeometryResults[GeometryJob["kind"]] } | { error: CarriedError };

const answer = answerTo(workerData as GeometryJob);
parentPort?.postMessage(answer, "result" in answer ? memoryOf(answer.result) : []);

function memoryOf(result: GeometryResults[GeometryJob["kind"]]): ArrayBuffer[] {
  if (result === undefined) return [];
  return result instanceof Uint32Array ? [result.buffer] : memoryOfTasks(result);
}

function answerTo(job: GeometryJob): GeometryAnswer {
  try {
    const area = unpackAreas(job.area).next().value as MultiPolygon;
    if (job.kind === "outside") {
      return { result: Uint32Array.from(tasksOutside(area, unpackAreas(job.tasks))) };
    }
    const tasks = tasksOf(job, area);
    return { result: tasks && packTasks(tasks) };
  } catch (error) {
    const answer = carried(error);
    if (answer === undefined) throw error;
    return { error: answer };
  }
}

/** Does a job; undefined from those that only check. */
function tasksOf(job: Exclude<GeometryJob, { kind: "outside" }>, area: MultiPolygon): GridTask[] | undefined {
  switch (job.kind) {
    case "check":
      checkArea(area);
      return undefined;
    case "check-tasks":
      checkTaskAreas(area, Array.from(unpackAreas(job.tasks)), job.limit);
      return undefined;
    case "cut":
      return cutIntoGrid(area, job.zoom, job.edge, job.limit);
    case "squares":
      return cutIntoSquares(area, job.sizeMetres, job.limit);
    case "about":
      return cutIntoAbout(area, job.count, job.limit);
    case "split":
      return splitTask(unpackTasks(job.task).next().value as GridTask, area);
    case "fill":
      return filled(job, area);
  }
}

function filled(
  { tasks, given, cut, limit }: GeometryJob & { kind: "fill" },
  area: MultiPolygon,
): GridTask[] {
  const covers = Array.from(unpackAreas(tasks));
  if (cut.by !== "areas") return fillGround(area, covers, cut, limit);
  checkFillAreas(area, covers, Array.from(unpackAreas(given)), limit);
  return [];
}
