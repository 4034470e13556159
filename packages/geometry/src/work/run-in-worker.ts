import { memoryOfAreas } from "../areas/packed-areas.ts";
import { memoryOfTasks } from "../grids/packed-tasks.ts";
import { restored } from "../validity/carried-error.ts";
import { GeometryTimeout } from "./geometry-timeout.ts";
import type { GeometryAnswer, GeometryJob, GeometryResults } from "./geometry-worker.ts";
import { runQueued, type WorkOptions } from "./run-queued.ts";

export type { WorkOptions };

/**
 * Does a job in a thread of its own, which is ended at its time limit or by the signal.
 *
 * @throws GeometryFault, TooManyTasks, CannotSplit and TaskAreaFault as the job did
 * @throws GeometryTimeout
 */
export async function runInWorker<Kind extends GeometryJob["kind"]>(
  job: GeometryJob & { kind: Kind },
  options: WorkOptions,
): Promise<GeometryResults[Kind]> {
  if (options.limitMs === 0) throw new GeometryTimeout(0, false);
  const module = new URL("./geometry-worker.ts", import.meta.url);
  const work = { module, data: job, transferList: memoryOf(job) };
  const answer = await runQueued<GeometryAnswer>(work, options);
  if ("error" in answer) throw restored(answer.error);
  return answer.result as GeometryResults[Kind];
}

function memoryOf(job: GeometryJob): ArrayBuffer[] {
  const area = memoryOfAreas(job.area);
  if (job.kind === "split") return [...area, ...memoryOfTasks(job.task)];
  return "tasks" in job ? [...area, ...memoryOfAreas(job.tasks)] : area;
}
