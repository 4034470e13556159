import { readFileSync } from "node:fs";

/** One worker's loop body: does one command, or several, and returns how many. */
export type Work = (worker: number) => Promise<number>;

/** What a load came to. */
export interface Measured {
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  /** Of the process that was watched, per command, in microseconds; undefined without one. */
  cpuMicros: number | undefined;
}

/** Clock ticks a second in /proc, on every Linux that matters. */
const TICKS = 100;

/** Runs `workers` loops at once for a time after a warm-up, and measures each round. */
export async function measure(
  work: Work,
  {
    workers,
    warmUpMs,
    forMs,
    pids = [],
  }: { workers: number; warmUpMs: number; forMs: number; pids?: number[] },
): Promise<Measured> {
  await run(work, workers, warmUpMs);
  const cpuBefore = cpuSeconds(pids);
  const started = performance.now();
  const { latencies, commands } = await run(work, workers, forMs);
  const seconds = (performance.now() - started) / 1000;
  const cpu = cpuSeconds(pids) - cpuBefore;
  latencies.sort((one, other) => one - other);
  return {
    perSecond: commands / seconds,
    p50Ms: latencies[Math.floor(latencies.length * 0.5)] ?? 0,
    p99Ms: latencies[Math.floor(latencies.length * 0.99)] ?? 0,
    cpuMicros: pids.length === 0 ? undefined : (cpu / commands) * 1e6,
  };
}

async function run(work: Work, workers: number, forMs: number) {
  const end = performance.now() + forMs;
  const latencies: number[] = [];
  let commands = 0;
  const loop = async (worker: number): Promise<void> => {
    while (performance.now() < end) {
      const started = performance.now();
      const done = await work(worker);
      latencies.push((performance.now() - started) / done);
      commands += done;
    }
  };
  await Promise.all(Array.from({ length: workers }, (_, worker) => loop(worker)));
  return { latencies, commands };
}

/** User and system time that processes have used, in seconds; 0 where there is no /proc. */
function cpuSeconds(pids: number[]): number {
  return pids.reduce((sum, pid) => {
    try {
      const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
      return sum + (Number(fields[11]) + Number(fields[12])) / TICKS;
    } catch {
      return sum;
    }
  }, 0);
}
