import { ContributionService } from "@tessera/contracts/tessera/task/v1/contribution_service_pb.ts";
import { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { grpcDoor } from "./doors.ts";
import { signIn, signInAll, squareProject } from "./ground.ts";
import type { Work } from "./load.ts";
import type { Bench } from "./report.ts";
import { wire } from "./wire.ts";

/** As many tasks as a project may have: 316 squares wide. */
const SIDE = 316;
/** People who work in it while others read. */
const WORKING = 8;
const WORKED_MAX = 20_000;

/** What is read of a project of 100,000 tasks, while nobody works and while people do. */
export async function benchGrowth(bench: Bench): Promise<void> {
  const { asked, report, system } = bench;
  report.say(`growth: a project of ${SIDE * SIDE} tasks is made`);
  const { projectId, cuttingMs } = await squareProject(system, SIDE);
  report.say(`  its tasks took ${(cuttingMs / 1_000).toFixed(1)} s`);
  const token = await signIn(system, "mapper-1");
  const client = wire(system.addresses.task, Math.max(...asked.callers));
  const { getProgress, searchTasks } = TaskService.method;
  const { listContributors } = ContributionService.method;
  const anywhere = () => ({ longitude: Math.random() * 0.43, latitude: Math.random() * 0.43 });
  const reads: Record<string, Work> = {
    progress: (_, timed) => timed("progress", client.call(getProgress, token, { projectId })),
    contributors: (_, timed) => timed("contributors", client.call(listContributors, token, { projectId })),
    point: (_, timed) => timed("tasks at a point", client.call(searchTasks, token, anywhere())),
  };
  for (const [isWorked, note] of [
    [false, "nobody works"],
    [true, `${WORKING} people work`],
  ] as const) {
    const working = isWorked ? work(bench, projectId) : undefined;
    for (const read of Object.values(reads)) {
      const of = { part: "growth", door: "Tessera, gRPC", callers: 1, note: `${SIDE * SIDE} tasks, ${note}` };
      await report.measure(bench, of, read, { settled: async () => {} });
    }
    await working?.stop();
  }
  client.close();
}

/** People lock and submit one task after the other until they are stopped. */
function work({ processes, system }: Bench, projectId: number): { stop(): Promise<void> } {
  let taskId = 0;
  let isOver = false;
  const all = (async () => {
    const door = grpcDoor(system, await signInAll(system, WORKING), processes);
    const loop = async (caller: number): Promise<void> => {
      while (!isOver && taskId < WORKED_MAX) {
        const place = { projectId, taskId: ++taskId };
        await door.submit(caller, place, await door.lock(caller, place));
      }
    };
    await Promise.all(Array.from({ length: WORKING }, (_, caller) => loop(caller)));
    door.close();
  })();
  return {
    stop: () => {
      isOver = true;
      return all;
    },
  };
}
