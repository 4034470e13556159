import { type Door, grpcDoor, type Place, restDoor } from "./doors.ts";
import { resetTasks, signInAll, squareProject, supply } from "./ground.ts";
import type { Timed, Work } from "./load.ts";
import { timesOf } from "./load.ts";
import { PEERS, preparePeers, resetPeers } from "./peers.ts";
import type { Bench } from "./report.ts";

/** 100 projects of 1,024 tasks; the peers have 100 of 1,000. */
const PROJECTS = 100;
const SIDE = 32;
/** Made at the same time. */
const TOGETHER = 5;
const TASKS = 1_000;
/** One project with as many tasks as a row of the table may need. */
const LARGE_SIDE = 316;
const RACERS = 64;
const ROUNDS = 20;

/** Lock and submit (W1), one task (W2), a list (W3) and a race (W4), through every door and beside the peers. */
export async function benchTasks(bench: Bench): Promise<void> {
  const { asked, processes, report, system } = bench;
  report.say(
    `tasks: ${PROJECTS} projects of ${SIDE * SIDE} tasks and one of ${LARGE_SIDE * LARGE_SIDE} are made`,
  );
  const projectIds: number[] = [];
  for (let made = 0; made < PROJECTS; made += TOGETHER) {
    const some = await Promise.all(Array.from({ length: TOGETHER }, () => squareProject(system, SIDE)));
    projectIds.push(...some.map(({ projectId }) => projectId));
  }
  const { projectId: large } = await squareProject(system, LARGE_SIDE);
  const many = placesOf(projectIds);
  const one = Array.from({ length: LARGE_SIDE * LARGE_SIDE }, (_, at) => ({
    projectId: large,
    taskId: at + 1,
  }));
  const callers = Math.max(RACERS, ...asked.callers);
  const tokens = await signInAll(system, callers);
  const ours = [
    grpcDoor(system, tokens, processes),
    restDoor(system, tokens, processes, true),
    restDoor(system, tokens, processes, false),
  ];
  const reset = () => resetTasks(system);
  for (const door of ours) {
    await lockAndSubmit(bench, door, { reset, places: one, note: "one project" });
    await throughDoor(bench, door, { reset, places: many, note: `${PROJECTS} projects` });
    door.close();
  }
  if (!(await preparePeers(bench))) return;
  const places = placesOf(Array.from({ length: PROJECTS }, (_, at) => at + 1));
  const peersReset = () => resetPeers(bench);
  for (const start of PEERS) {
    const { door, end } = await start(bench, callers);
    await throughDoor(bench, door, { reset: peersReset, places, note: `${PROJECTS} projects` });
    door.close();
    await end();
  }
}

/** Where work is done, and what makes it undone. */
interface Ground {
  places: readonly Place[];
  reset: () => Promise<void>;
  note: string;
}

async function throughDoor(bench: Bench, door: Door, ground: Ground): Promise<void> {
  await lockAndSubmit(bench, door, ground);
  const { places, note } = ground;
  const any = () => places[Math.floor(Math.random() * places.length)] as Place;
  await each(bench, door, "W2", note, (caller, timed) => timed("W2 one task", door.get(caller, any())));
  const bytes = await door.list(0, any().projectId);
  const listed = `${Math.round(bytes / 1_000)} kB`;
  await each(bench, door, "W3", listed, (caller, timed) =>
    timed("W3 list", door.list(caller, any().projectId)),
  );
  await race(bench, door, ground);
}

/** Locks and submits each task in turn; the callers, who never meet, take neighbours of it in different projects. */
async function lockAndSubmit(bench: Bench, door: Door, { places, reset, note }: Ground): Promise<void> {
  let next = supply(places);
  const work: Work = async (caller, timed: Timed) => {
    const place = next();
    const token = await timed("W1 lock", door.lock(caller, place));
    await timed("W1 submit", door.submit(caller, place, token));
  };
  for (const callers of bench.asked.callers) {
    await reset();
    next = supply(places);
    await bench.report.measure(
      bench,
      { part: "W1", door: door.name, callers, note, processes: of(bench, door) },
      work,
    );
  }
}

async function each(bench: Bench, door: Door, part: string, note: string, work: Work): Promise<void> {
  for (const callers of bench.asked.callers)
    await bench.report.measure(
      bench,
      { part, door: door.name, callers, note, processes: of(bench, door) },
      work,
    );
}

/** All callers lock one task at the same moment, again and again: one of them gets it. */
async function race(bench: Bench, door: Door, { places, reset }: Ground): Promise<void> {
  await reset();
  const times: number[] = [];
  let rightly = 0;
  const started = performance.now();
  for (let round = 0; round < ROUNDS; round++) {
    const place = places[places.length - 1 - round] as Place;
    const asked = Array.from({ length: RACERS }, async (_, caller) => {
      const begun = performance.now();
      const token = await door.lock(caller, place).catch(() => undefined);
      times.push(performance.now() - begun);
      return token === undefined ? [] : [{ caller, token }];
    });
    const winners = (await Promise.all(asked)).flat();
    rightly += winners.length === 1 ? 1 : 0;
    for (const { caller, token } of winners) await door.submit(caller, place, token);
  }
  bench.report.add({
    ...timesOf("W4 race for one task", times, (performance.now() - started) / 1_000),
    part: "W4",
    door: door.name,
    callers: RACERS,
    cpuMicros: {},
    note: `one winner in ${rightly} of ${ROUNDS} races`,
  });
}

function of(bench: Bench, door: Door) {
  const { postgres } = bench.processes;
  return { ...door.processes, ...(postgres !== undefined && { postgres }) };
}

/** In this order neighbours are tasks of different projects. */
function placesOf(projectIds: readonly number[]): Place[] {
  return Array.from({ length: TASKS }, (_, at) => at + 1).flatMap((taskId) =>
    projectIds.map((projectId) => ({ projectId, taskId })),
  );
}
