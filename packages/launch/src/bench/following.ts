import { grpcDoor } from "./doors.ts";
import { resetTasks, signInAll, squareProject, supply } from "./ground.ts";
import type { Bench } from "./report.ts";
import { watchers } from "./watchers.ts";

const COUNTS = [0, 100, 1_000];
/** People, who share the watching: each may have some streams at once. */
const WATCHING = 40;
const CALLERS = 16;
const SIDE = 316;

/** A lock while people watch the project: every event goes to each of them. */
export async function benchWatchers(bench: Bench): Promise<void> {
  const { processes, report, settled, system } = bench;
  report.say("watchers: a project is made");
  const { projectId } = await squareProject(system, SIDE);
  const tokens = await signInAll(system, CALLERS);
  const watching = await signInAll(system, WATCHING);
  const door = grpcDoor(system, tokens, processes);
  const places = Array.from({ length: SIDE * SIDE }, (_, at) => ({ projectId, taskId: at + 1 }));
  for (const count of COUNTS) {
    await resetTasks(system);
    const next = supply(places);
    const following = await watchers(system.addresses.task, projectId, watching, count);
    const note = `${following.admitted} watchers`;
    const all = async () => {
      await settled();
      await following.receivedInAll();
    };
    await report.measure(
      bench,
      { part: "watchers", door: door.name, callers: CALLERS, note },
      async (caller, timed) => {
        const place = next();
        const token = await timed("lock, watched", door.lock(caller, place));
        await timed("submit, watched", door.submit(caller, place, token));
      },
      { settled: all },
    );
    report.say(`  ${note} received ${await following.receivedInAll()} events, warm-up included`);
    await following.close();
  }
  door.close();
}
