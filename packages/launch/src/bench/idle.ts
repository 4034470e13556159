import { setTimeout as sleep } from "node:timers/promises";
import { grpcDoor } from "./doors.ts";
import { signInAll, squareProject } from "./ground.ts";
import { cpuOf, usedBetween } from "./processes.ts";
import type { Bench } from "./report.ts";

/** The pairs of person and project that the services know: each person has asked for a task of each project. */
const PEOPLE = 64;
const PROJECTS = 20;
const SIDE = 3;
/** What work sets going is over after this time. */
const QUIET_MS = 5_000;
const IDLE_SECONDS = 15;

/** What the system costs a second while nobody works. */
export async function benchIdle(bench: Bench): Promise<void> {
  const { processes, report, settled, system } = bench;
  report.say(`idle: ${PEOPLE} people look into ${PROJECTS} projects`);
  const door = grpcDoor(system, await signInAll(system, PEOPLE), processes);
  for (let made = 0; made < PROJECTS; made++) {
    const { projectId } = await squareProject(system, SIDE);
    await Promise.all(
      Array.from({ length: PEOPLE }, (_, caller) => door.get(caller, { projectId, taskId: 1 })),
    );
  }
  door.close();
  await settled();
  await sleep(QUIET_MS);
  report.say(`idle: nothing is done for ${IDLE_SECONDS} s`);
  const before = cpuOf(processes);
  await sleep(IDLE_SECONDS * 1_000);
  const used = usedBetween(before, cpuOf(processes));
  const each = Object.entries(used).map(([name, seconds]) => {
    return `${name} ${((seconds * 1_000) / IDLE_SECONDS).toFixed(1)}`;
  });
  report.add({
    name: "idle",
    part: "idle",
    door: "Tessera",
    callers: 0,
    perSecond: 0,
    p50Ms: 0,
    p99Ms: 0,
    cpuMicros: {},
    note: `CPU ms a second: ${each.join(", ")}; ${PEOPLE * PROJECTS} pairs of person and project are known`,
  });
}
