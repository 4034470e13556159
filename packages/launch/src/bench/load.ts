import { type Cpu, cpuOf, type Processes, usedBetween } from "./processes.ts";

/** Takes the time of one request, by what it is. */
export type Timed = <T>(name: string, request: Promise<T>) => Promise<T>;

/** What each caller does again and again. */
export type Work = (caller: number, timed: Timed) => Promise<unknown>;

/** The times of one kind of request. */
export interface Times {
  name: string;
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
}

/** What a load came to. */
export interface Measured {
  times: Times[];
  /** All requests, of every kind. */
  requests: number;
  /** For one request, in microseconds, by process. */
  cpuMicros: Cpu;
}

export interface Load {
  callers: number;
  /** Runs first for this long, and longer while fewer requests were answered, up to the last. */
  warmUp: { ms: number; requests: number; mostMs: number };
  forMs: number;
  processes: Processes;
  /** Resolves when what the requests set going is done; its CPU belongs to them. */
  settled?: () => Promise<void>;
}

/** Runs a number of callers at once for a time, after a warm-up: each begins again as soon as it is answered. */
export async function measure(work: Work, load: Load): Promise<Measured> {
  const { callers, warmUp, forMs, processes, settled = async () => {} } = load;
  await warm(work, callers, warmUp);
  await settled();
  const before = cpuOf(processes);
  const own = process.cpuUsage();
  const started = performance.now();
  const end = started + forMs;
  const found = await run(work, callers, () => performance.now() < end);
  const seconds = (performance.now() - started) / 1_000;
  const client = process.cpuUsage(own);
  await settled();
  const used = usedBetween(before, cpuOf(processes));
  const requests = [...found.values()].reduce((sum, times) => sum + times.length, 0);
  const perRequest = Object.entries(used).map(([name, cpu]) => [name, (cpu / requests) * 1e6] as const);
  return {
    times: [...found].map(([name, times]) => timesOf(name, times, seconds)),
    requests,
    cpuMicros: Object.fromEntries([...perRequest, ["client", (client.user + client.system) / requests]]),
  };
}

async function warm(work: Work, callers: number, { ms, requests, mostMs }: Load["warmUp"]): Promise<void> {
  const started = performance.now();
  await run(work, callers, (answered) => {
    const tookMs = performance.now() - started;
    return tookMs < ms || (answered < requests && tookMs < mostMs);
  });
}

/** Runs until `goesOn`, which gets the number of answered requests, returns false. */
async function run(
  work: Work,
  callers: number,
  goesOn: (answered: number) => boolean,
): Promise<Map<string, number[]>> {
  let answered = 0;
  const found = new Map<string, number[]>();
  const timed: Timed = async (name, request) => {
    const started = performance.now();
    const answer = await request;
    const times = found.get(name) ?? [];
    times.push(performance.now() - started);
    answered += 1;
    found.set(name, times);
    return answer;
  };
  const loop = async (caller: number): Promise<void> => {
    while (goesOn(answered)) await work(caller, timed);
  };
  await Promise.all(Array.from({ length: callers }, (_, caller) => loop(caller)));
  return found;
}

export function timesOf(name: string, times: number[], seconds: number): Times {
  const sorted = times.toSorted((one, other) => one - other);
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? 0;
  return { name, perSecond: times.length / seconds, p50Ms: at(0.5), p99Ms: at(0.99) };
}
