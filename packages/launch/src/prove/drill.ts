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
  /** Starts that failed, and were made again. */
  startsRepeated: number;
  streamBreaks: number;
  broken: string[];
}

const WORKERS = 16;
/** Squares along the side of the largest project: 99,856 tasks. */
const SIDE_MAX = 316;
const TASKS_PER_FAULT = 2_000;
/** Without a single acknowledgement, the drill fails. */
const STILL_MAX_MS = 120_000;
/** A process that does not start is started again. */
const STARTS_MAX = 3;
const POLL_MS = 5;

/**
 * Applies `faults` one by one, each at once like a crash and only after `least` acknowledged commands since the last,
 * while workers continue; then checks every promise. `progress` is called for each fault.
 */
export async function drill(
  system: System,
  faults: readonly Fault[],
  least: number,
  progress: (line: string) => void = () => {},
): Promise<DrillRun> {
  const people = await gatherPeople(system, WORKERS);
  const side = Math.min(SIDE_MAX, Math.ceil(Math.sqrt((faults.length + 1) * TASKS_PER_FAULT)));
  const { projectId } = await squareProject(system, side);
  const reader = await watchEvents(system.url, projectId);
  const doors = openDoors(system);
  let given = 0;
  let isOver = false;
  let isDone = false;
  let startsRepeated = 0;
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
    for (const [index, fault] of faults.entries()) {
      await moreWork(work, least);
      progress(`fault ${index + 1} of ${faults.length}: ${fault}, after ${work.acknowledged} commands`);
      startsRepeated += await inflict(system, fault);
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
    startsRepeated,
    streamBreaks: reader.breaks,
    broken: work.broken,
  };
}

async function moreWork(work: Work, least: number): Promise<void> {
  const enough = work.acknowledged + least;
  let before = { acknowledged: work.acknowledged, at: performance.now() };
  while (work.acknowledged < enough) {
    await sleep(POLL_MS);
    if (work.acknowledged > before.acknowledged)
      before = { acknowledged: work.acknowledged, at: performance.now() };
    if (performance.now() - before.at < STILL_MAX_MS) continue;
    const why = work.broken.at(0) ?? "perhaps no task is left";
    throw new Error(`Nothing was acknowledged for ${STILL_MAX_MS} ms: ${why}`);
  }
}

/** Takes something away, and brings it back. Returns how many starts of it failed. */
async function inflict(system: System, fault: Fault): Promise<number> {
  if (fault === "postgres") {
    await system.restartPostgres();
    return 0;
  }
  await system.kill(fault);
  for (let failed = 0; ; failed++) {
    try {
      await system.start(fault);
      return failed;
    } catch (error) {
      if (failed + 1 === STARTS_MAX) throw error;
      await system.kill(fault);
    }
  }
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
