import { LRUCache } from "lru-cache";

/** What was counted of a project up to a position of its events. */
export interface Tally<Counts> {
  position: bigint;
  counts: Counts;
}

/** What a project comes to now, and the tally from which the next count continues. */
export interface Counted<Counts, Now> {
  tally: Tally<Counts>;
  now: Now;
}

/**
 * Counts a project: all of it, or what happened since a tally. Undefined if that cannot be said: too much happened, or the
 * tally is of other events.
 */
export type Count<Counts, Now> = (
  projectId: number,
  since?: Tally<Counts>,
) => Promise<Counted<Counts, Now> | undefined>;

/** The most projects whose tallies a process keeps; the least recently asked for is counted anew. */
const PROJECTS_MAX = 500;

/**
 * Counts projects, and keeps what was counted in memory: the next count reads only the events after it, of which those
 * without a position are read each time. So an answer is exact at the moment of its statement, and no command writes a row
 * for it. Those who ask at the same time for the same project share one count, made after the last of them asked.
 */
export function tallied<Counts, Now>(count: Count<Counts, Now>): (projectId: number) => Promise<Now> {
  const tallies = new LRUCache<number, Tally<Counts>>({ max: PROJECTS_MAX });
  return shared(async (projectId) => {
    const since = tallies.get(projectId);
    tallies.delete(projectId);
    const counted = (since && (await count(projectId, since))) ?? (await count(projectId));
    if (counted === undefined) throw new Error("a project could not be counted");
    tallies.set(projectId, counted.tally);
    return counted.now;
  });
}

/** Runs one `read` of a key at a time; those who ask while it runs share the next one. */
function shared<T>(read: (key: number) => Promise<T>): (key: number) => Promise<T> {
  const waiting = new Map<number, Promise<T>>();
  const running = new Map<number, Promise<unknown>>();
  return (key) => {
    const joined = waiting.get(key);
    if (joined !== undefined) return joined;
    const before = running.get(key) ?? Promise.resolve();
    const next = before.then(() => {
      waiting.delete(key);
      const reading = read(key);
      const settled = reading
        .catch(() => {})
        .finally(() => {
          if (running.get(key) === settled) running.delete(key);
        });
      running.set(key, settled);
      return reading;
    });
    waiting.set(key, next);
    return next;
  };
}
