// `npm run prove`: holds the promises of the contract against faults. `npm run prove -- --drill 20 --races 1000 --away 600`;
// 0 leaves a part out.
import { parseArgs } from "node:util";
import { authAway } from "./prove/auth-away.ts";
import { drill, type Fault } from "./prove/drill.ts";
import { races } from "./prove/races.ts";
import type { System } from "./system.ts";
import { temporarySystem } from "./temporary-system.ts";

const { values } = parseArgs({
  options: {
    races: { type: "string", default: "200" },
    drill: { type: "string", default: "10" },
    away: { type: "string", default: "20" },
    least: { type: "string", default: "100" },
  },
});
const ROUNDS = count(values.races);
const FAULTS = count(values.drill);
/** Seconds for which the auth service is gone. */
const AWAY = count(values.away);
/** Acknowledged commands before each fault. */
const LEAST = count(values.least);
const ONE_BY_ONE: readonly Fault[] = ["task", "project", "auth", "gateway", "postgres"];
/** At most this many broken promises are shown of each part; all are counted. */
const SHOWN_MAX = 20;

const { system, folder, end } = await temporarySystem("prove");
let broken = 0;
let isDone = false;
try {
  if (ROUNDS > 0) broken += await raced(system);
  if (FAULTS > 0) broken += await drilled(system);
  if (AWAY > 0) broken += await withoutAuth(system);
  isDone = true;
} finally {
  const isKept = !isDone || broken > 0;
  await end(isKept);
  if (isKept) console.log(`Data and logs are in ${folder}`);
}
process.exitCode = broken > 0 ? 1 : 0;

async function raced(on: System): Promise<number> {
  const started = performance.now();
  const run = await races(on, ROUNDS);
  const counts = `${run.rounds} rounds, ${run.asked} requests for a lock, one holder each`;
  return say("races", counts, run.broken, started);
}

async function drilled(on: System): Promise<number> {
  const started = performance.now();
  const faults = Array.from({ length: FAULTS }, (_, index) => ONE_BY_ONE[index % ONE_BY_ONE.length] as Fault);
  const run = await drill(on, faults, LEAST, console.log);
  const counts =
    `${run.faults} kills, ${run.acknowledged} commands acknowledged (${run.retried} after retries), each sent again; ` +
    `${run.eventsWatched} events watched over ${run.streamBreaks} breaks; ${run.startsRepeated} starts were made again`;
  return say("drill", counts, run.broken, started);
}

async function withoutAuth(on: System): Promise<number> {
  const started = performance.now();
  const run = await authAway(on, AWAY);
  const counts = `${AWAY} s away, ${run.asked} commands of people who were known, ${run.retried} sent again, ${run.failed} failed`;
  return say("auth away", counts, run.broken, started);
}

function say(part: string, counts: string, all: string[], started: number): number {
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${part}: ${counts}; ${all.length} promises broken (${seconds} s)`);
  for (const it of all.slice(0, SHOWN_MAX)) console.log(`  ${it}`);
  return all.length;
}

function count(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new Error(`"${text}" is not a number of times`);
  return Number(text);
}
