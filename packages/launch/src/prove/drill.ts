import { setTimeout as sleep } from "node:timers/promises";
import { connectPool } from "@tessera/postgres/pool.ts";
import { squareProject } from "../bench/ground.ts";
import type { ProcessName, System } from "../system.ts";
import { openDoors } from "./doors.ts";
import { auditLedger, eventKeys } from "./ledger.ts";
import { gatherPeople } from "./people.ts";
import { replayAll } from "./replay.ts";
import { type Reader, watchEvents } from "./watch.ts";
import { type Work, workOn } from "./work.ts";

/** What can be taken away. */
export type Fault = ProcessName | "postgres";

/** What came of a drill. */
export interface DrillRun {
  faults: number;
  acknowledged: number;
  /** Commands that had to be asked more than once. */
  retried: number;
  eventsWatched: number;
  streamBreaks: number;
  broken: string[];
}

const WORKERS = 16;
/** Squares along the side of the largest project: 99,856 tasks. */
const SIDE_MAX = 316;
const TASKS_PER_FAULT = 2_000;
/** The least work before each fault is done within so long, or the drill fails. */
const LEAST_WORK_MAX_MS = 60_000;
const POLL_MS = 5;

/**
 * Takes `faults` away one by one, each at once as a crash would and only after `least` acknowledged commands since the
 * last, while workers go on; then looks whether every promise that was given is kept.
 */
export async function drill(system: System, faults: readonly Fault[], least: number): Promise<DrillRun> {
  const people = await gatherPeople(system, WORKERS);
  const side = Math.min(SIDE_MAX, Math.ceil(Math.sqrt((faults.length + 1) * TASKS_PER_FAULT)));
  const { projectId } = await squareProject(system, side);
  const reader = await watchEvents(system.url, projectId);
  const doors = openDoors(system);
  let given = 0;
  let isOver = false;
  let isDone = false;
  const work: Work = {
    doors,
    projectId,
    sent: [],
    acknowledged: 0,
    nextTask: () => (given < side ** 2 ? ++given : undefined),
    isOver: () => isOver,
    broken: [],
  };
  const workers = people.map((person, index) => workOn(work, person, index));
  try {
    for (const fault of faults) {
      await moreWork(work, least);
      await inflict(system, fault);
    }
    await moreWork(work, least);
    isDone = true;
  } finally {
    isOver = true;
    await Promise.allSettled(workers);
    // A drill that failed has nobody who would read on.
    if (!isDone) await reader.finish(0);
  }
  await Promise.all(workers);
  const sql = connectPool(system.databaseUrl("task"), { applicationName: "prove" });
  try {
    work.broken.push(...(await replayAll(doors, work.sent)));
    work.broken.push(...(await auditLedger(sql, projectId, work.sent)));
    const happened = await eventKeys(sql, projectId);
    await reader.finish(happened.size);
    work.broken.push(...ofReader(reader, happened));
  } finally {
    await reader.finish(0);
    doors.close();
    await sql.end();
  }
  return {
    faults: faults.length,
    acknowledged: work.acknowledged,
    retried: work.sent.filter((it) => it.tries > 1).length,
    eventsWatched: reader.seen.size,
    streamBreaks: reader.breaks,
    broken: work.broken,
  };
}

async function moreWork(work: Work, least: number): Promise<void> {
  const enough = work.acknowledged + least;
  const deadline = performance.now() + LEAST_WORK_MAX_MS;
  while (work.acknowledged < enough && performance.now() < deadline) await sleep(POLL_MS);
  if (work.acknowledged < enough) {
    const why = work.broken.at(0) ?? "perhaps no task is left";
    throw new Error(`Fewer than ${least} commands in ${LEAST_WORK_MAX_MS} ms: ${why}`);
  }
}

async function inflict(system: System, fault: Fault): Promise<void> {
  if (fault === "postgres") return system.restartPostgres();
  await system.kill(fault);
  await system.start(fault);
}

/** A reader that resumed after each break has seen every event once, and those of each task in order. */
function ofReader({ seen, outOfOrder }: Reader, happened: ReadonlySet<string>): string[] {
  const missed = [...happened].filter((it) => !seen.has(it));
  const invented = [...seen.keys()].filter((it) => !happened.has(it));
  const repeated = [...seen].filter(([, times]) => times > 1);
  return [
    ...missed.map((it) => `event ${it} was never seen by the watcher`),
    ...invented.map((it) => `event ${it} was seen but never happened`),
    ...repeated.map(([it, times]) => `event ${it} was seen ${times} times`),
    ...outOfOrder.map((it) => `event ${it} was seen out of order`),
  ];
}
