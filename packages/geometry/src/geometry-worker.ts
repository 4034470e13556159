import { parentPort, workerData } from "node:worker_threads";
import { checkArea } from "./check-area.ts";
import { GeometryFault, type GeometryRule, type Place } from "./geometry-fault.ts";
import { cutIntoGrid, type GridEdge, TooManyTasks } from "./grid.ts";
import { type PackedArea, unpackArea } from "./packed-area.ts";
import { memoryOfTasks, type PackedTasks, packTasks } from "./packed-tasks.ts";

/** What a worker is started for. */
export type GeometryJob =
  | { kind: "check"; area: PackedArea }
  | { kind: "cut"; area: PackedArea; zoom: number; edge: GridEdge; limit: number };

/** What each kind of job gives when all is well. */
export interface GeometryResults {
  check: undefined;
  cut: PackedTasks;
}

/** What a worker answers, once. Errors that are no answers end the worker and reach its owner as they are. */
export type GeometryAnswer =
  | { kind: "done"; result: GeometryResults[GeometryJob["kind"]] }
  | { kind: "fault"; rule: GeometryRule; path: string; place: Place | undefined }
  | { kind: "too-many-tasks"; limit: number };

const answer = answerTo(workerData as GeometryJob);
parentPort?.postMessage(answer, answer.kind === "done" && answer.result ? memoryOfTasks(answer.result) : []);

function answerTo(job: GeometryJob): GeometryAnswer {
  try {
    const area = unpackArea(job.area);
    if (job.kind === "cut") {
      return { kind: "done", result: packTasks(cutIntoGrid(area, job.zoom, job.edge, job.limit)) };
    }
    checkArea(area);
    return { kind: "done", result: undefined };
  } catch (error) {
    if (error instanceof GeometryFault) {
      return { kind: "fault", rule: error.rule, path: error.path, place: error.place };
    }
    if (error instanceof TooManyTasks) return { kind: "too-many-tasks", limit: error.limit };
    throw error;
  }
}
