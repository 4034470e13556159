import { setImmediate } from "node:timers/promises";
import { countByTile } from "@tessera/geometry/tiles/crowding.ts";
import { keyedMutex } from "@tessera/postgres/keyed-mutex.ts";
import { LRUCache } from "lru-cache";
import type { Store } from "../store.ts";
import { type Part, partOf, TaskSet } from "./task-set.ts";
import type { TaskRow } from "./tile-store.ts";

/** Tasks are kept for maps up to this size together, unless the configuration says otherwise. */
export const KEPT_TASK_SETS_BYTES = 128 * 1024 * 1024;
/** How many tasks are read and prepared at once: that takes some 10 ms. */
const PAGE_TASKS = 1_000;
/** How many changed tasks are read at once. */
const PAGE_CHANGED = 5_000;
/** The most tasks of a tile that are drawn by themselves. */
export const TILE_TASKS_MAX = 16_384;
const ZOOM_MAX = 22;
/** How many projects are read for the first time at once. */
const FIRST_READINGS_MAX = 4;
/** How many tasks are counted before others have their turn. */
const COUNTED_AT_ONCE = 10_000;

type Reads = Pick<Store, "tasksVersion" | "tiles">;

/** The tasks of one project, and what is being done to bring them up to date. */
interface Kept {
  set: TaskSet;
  /** The version of the tasks in it; empty before the first. */
  version: string;
  /** The position of the feed before which everything is in it. */
  head: bigint;
  /** What reads now, and what reads next for all who came meanwhile. */
  running: Promise<TaskSet> | undefined;
  next: Promise<TaskSet> | undefined;
}

/** The tasks of projects as maps need them. */
export interface KeptTaskSets {
  /** The tasks of a project at a version that was read before, or later. */
  at(projectId: number, version: string): Promise<TaskSet>;
}

/**
 * Keeps the tasks of projects in memory, up to `bytes` together: those whose maps were looked at last. Of a project that is
 * kept, only what has changed is read.
 */
export function keptTaskSets(store: Reads, bytes: number): KeptTaskSets {
  const kept = new LRUCache<number, Kept>({
    maxSize: Math.max(1, bytes),
    sizeCalculation: ({ set }) => Math.max(1, set.bytes),
  });
  /** Those that are read for the first time: all who want them wait for the same reading. */
  const entries = new Map<number, Kept>();
  const firstReadings = keyedMutex();
  const bringUp = (projectId: number, entry: Kept) =>
    entry.version === ""
      ? firstReadings(String(projectId % FIRST_READINGS_MAX), () => refresh(store, projectId, entry))
      : refresh(store, projectId, entry);
  const finish = (projectId: number, entry: Kept) => {
    if (entry.running !== undefined || entry.next !== undefined) return;
    entries.delete(projectId);
    // The cache measures again only what it does not have.
    kept.delete(projectId);
    if (entry.version !== "") kept.set(projectId, entry);
  };
  return {
    at: (projectId, version) => {
      const entry = entries.get(projectId) ?? kept.get(projectId) ?? fresh();
      if (entry.version === version && entry.running === undefined) return Promise.resolve(entry.set);
      if (entry.next !== undefined) return entry.next;
      entries.set(projectId, entry);
      // What is being read may have begun before the version was read.
      const next = Promise.resolve(entry.running?.catch(() => {})).then(() => {
        entry.running = next;
        entry.next = undefined;
        return bringUp(projectId, entry);
      });
      entry.next = next;
      const ended = () => {
        if (entry.running === next) entry.running = undefined;
        finish(projectId, entry);
      };
      next.then(ended, ended);
      return next;
    },
  };
}

function fresh(): Kept {
  return { set: new TaskSet(), version: "", head: 0n, running: undefined, next: undefined };
}

/** Brings the tasks of a project up to date. Everything is read before anything is written into the set. */
async function refresh(store: Reads, projectId: number, entry: Kept): Promise<TaskSet> {
  const version = await store.tasksVersion(projectId);
  const { set } = entry;
  if (version.text === entry.version) return set;
  const isFirst = entry.version === "";
  const added: { part: Part; rows: TaskRow[] }[] = [];
  for (let after = set.lastId, more = true; more; ) {
    const found = await store.tiles.readGround(projectId, { after, limit: PAGE_TASKS });
    if (found.length > 0) added.push({ part: partOf(found), rows: found.map(({ row }) => row) });
    after = found.at(-1)?.row.taskId ?? after;
    more = found.length === PAGE_TASKS;
  }
  const changed: TaskRow[] = [];
  for (let after = 0, more = !isFirst; more; ) {
    const found = await store.tiles.readChanged(projectId, entry.head, { after, limit: PAGE_CHANGED });
    changed.push(...found);
    after = found.at(-1)?.taskId ?? after;
    more = found.length === PAGE_CHANGED;
  }
  const asOf = await store.tiles.readTime();
  for (const { part, rows } of added) set.add(part, rows);
  // One that was added after the ground was read comes with its ground the next time.
  for (const row of changed) if (row.taskId <= set.lastId) set.set(row);
  set.asOf = asOf;
  entry.version = version.text;
  entry.head = version.head;
  if (added.length > 0) set.detailZoom = await detailZoomOf(set);
  return set;
}

/** The smallest zoom at which no tile has more tasks than are drawn by themselves. */
async function detailZoomOf(set: TaskSet): Promise<number> {
  if (set.count <= TILE_TASKS_MAX) return 0;
  let [low, high] = [1, ZOOM_MAX];
  while (low < high) {
    const zoom = Math.floor((low + high) / 2);
    if (await isCrowded(set, zoom)) low = zoom + 1;
    else high = zoom;
  }
  return low;
}

async function isCrowded({ parts }: TaskSet, zoom: number): Promise<boolean> {
  const counted = new Map<number, number>();
  let since = 0;
  for (const { shapes } of parts) {
    countByTile(shapes, zoom, counted);
    since += shapes.count;
    if (since < COUNTED_AT_ONCE) continue;
    since = 0;
    await setImmediate();
  }
  for (const count of counted.values()) if (count > TILE_TASKS_MAX) return true;
  return false;
}
