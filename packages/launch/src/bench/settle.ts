import { setTimeout as sleep } from "node:timers/promises";
import type { System } from "../system.ts";
import { benchPool } from "./pool.ts";

const LOOK_MS = 100;
/** Followers that do not move for this long have taken everything. */
const QUIET_MS = 600;
const SETTLED_MAX_MS = 60_000;

/** Waits until every event of a system has its position and its followers, progress and levels, have taken it. */
export function settling(system: System): { settled: () => Promise<void>; close: () => Promise<void> } {
  const [task, project, auth] = ["task", "project", "auth"].map((name) =>
    benchPool(system.databaseUrl(name), 1),
  ) as [ReturnType<typeof benchPool>, ReturnType<typeof benchPool>, ReturnType<typeof benchPool>];
  const look = async () => {
    const [waiting, ...followers] = await Promise.all([
      task<{ text: string }[]>`select count(*)::text as text from task_events where position is null`,
      project<{ text: string }[]>`select position as text from progress_feed`,
      auth<{ text: string }[]>`select position as text from work_feed`,
    ]);
    return {
      isStamped: waiting[0]?.text === "0",
      positions: followers.map((rows) => rows[0]?.text).join(" "),
    };
  };
  return {
    settled: async () => {
      const limit = Date.now() + SETTLED_MAX_MS;
      let quietSince = Date.now();
      for (let before = ""; Date.now() < limit; ) {
        const { isStamped, positions } = await look();
        if (!isStamped || positions !== before) quietSince = Date.now();
        if (Date.now() - quietSince >= QUIET_MS) return;
        before = positions;
        await sleep(LOOK_MS);
      }
      throw new Error("the events of the task service were not taken by their followers");
    },
    close: async () => void (await Promise.all([task, project, auth].map((sql) => sql.end({ timeout: 5 })))),
  };
}
