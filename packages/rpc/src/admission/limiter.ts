/**
 * How many calls may be worked on at once, at the least and at the most, and where a process begins. A process that is short of
 * CPU takes long for a turn of its event loop, and gets no further than one step of each of them in a turn: with 16 at once it
 * did 27 commands a second, with 64 a hundred and more.
 */
const LEAST = 64;
const MOST = 256;
const FIRST = 128;
/** A window has this many samples: the limit moves once for each. */
const WINDOW = 50;
/** Work waits for work where calls take this many times as long as the same calls do when there is room. */
const SLOW_RATIO = 5;
/** What takes less is quick, whatever it takes at best, in milliseconds. */
const QUICK_MS = 30;
const SHRINK = 0.85;
const GROW = 1.05;
/** What calls took at best is forgotten after one to two times this long, in milliseconds. */
const PERIOD_MS = 5 * 60_000;

/** How many calls a process works on at once, by how long they take. */
export interface Limiter {
  /** At present. */
  limit(): number;
  /** A call of this name took `ms` milliseconds while `running` calls ran. */
  done(name: string, ms: number, running: number): void;
}

/**
 * A limit that follows latency: it shrinks by a part while calls take several times as long as they do at best, and grows
 * slowly while it is reached and they do not.
 *
 * What a call takes at best is kept for each RPC: an upload and a look at one row have nothing in common.
 */
export function limiter(): Limiter {
  let limit = FIRST;
  let samples = 0;
  let ratios = 0;
  let reached = false;
  let floors = new Map<string, number>();
  let floorsBefore = floors;
  let sinceMs = performance.now();
  return {
    limit: () => Math.floor(limit),
    done: (name, ms, running) => {
      const taken = Math.max(ms, QUICK_MS);
      const known = floors.get(name) ?? Number.POSITIVE_INFINITY;
      if (taken < known) floors.set(name, taken);
      const floor = Math.min(taken, known, floorsBefore.get(name) ?? Number.POSITIVE_INFINITY);
      reached ||= running >= Math.floor(limit);
      ratios += taken / floor;
      samples += 1;
      if (samples < WINDOW) return;
      if (ratios / samples > SLOW_RATIO && reached) limit = Math.max(LEAST, limit * SHRINK);
      else if (reached) limit = Math.min(MOST, limit * GROW);
      if (performance.now() - sinceMs > PERIOD_MS) {
        floorsBefore = floors;
        floors = new Map();
        sinceMs = performance.now();
      }
      samples = 0;
      ratios = 0;
      reached = false;
    },
  };
}
