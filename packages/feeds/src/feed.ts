import type { Sql } from "@tessera/postgres/pool.ts";
import { type Repeating, repeat } from "@tessera/runtime/repeat.ts";
import { type Direct, Hub } from "./hub.ts";
import { lookApart, lookAtOnce, wholeHead } from "./whole-head.ts";

/** An event with its position in the feed. */
export interface Positioned {
  position: bigint;
  project_id: number;
}

/** Reads events of a feed by position, at most `limit`: those after `after` and up to `upTo`, of one project or of all. */
export type ReadFeed<Row extends Positioned> = (range: {
  after: bigint;
  upTo?: bigint;
  projectId?: number;
  limit: number;
}) => Promise<Row[]>;

/** Follows a feed for any number of watchers in this process, with one reader. */
export interface Feed<Row extends Positioned> {
  /** The last position that was given. */
  head(): Promise<bigint>;
  /**
   * The same, once every event that was committed before this call has its position. Refuses UNAVAILABLE if that takes
   * too long.
   */
  wholeHead(): Promise<bigint>;
  /**
   * The events after a position, of a project or of all, then those to come, until the signal is aborted. Throws
   * BehindTooFar when they come quicker than they are taken.
   */
  watch(options: Watching<Row>): AsyncGenerator<Row>;
  /**
   * The same for one project, with a stream that is written to directly while its reader keeps up. Returns the events that
   * its caller has to send itself: those of the past, those that came while the reader was slow, and those of which it is
   * not known whether the reader may see them. No reader is too slow for it.
   */
  watchDirectly(options: WatchingDirectly<Row>): AsyncGenerator<Row>;
  /** Says that there may be something new. */
  poke(): void;
  /** Says where the feed ends: events that another process stamped are read then. */
  endsAt(position: bigint): void;
  stop(): Promise<void>;
}

/** What somebody watches. */
export interface Watching<Row extends Positioned> {
  /** Undefined for all projects. */
  projectId?: number | undefined;
  /** Which of the events; all, without it. */
  wants?: ((row: Row) => boolean) | undefined;
  after: bigint;
  signal: AbortSignal;
}

/** What is watched by a stream that is written to directly. */
export interface WatchingDirectly<Row extends Positioned> {
  projectId: number;
  after: bigint;
  signal: AbortSignal;
  direct: Direct<Row>;
}

/** A watcher was dropped: what waited for it grew beyond its bound. */
export class BehindTooFar extends Error {
  override readonly name = "BehindTooFar";
}

/** At most this many events are read at once. */
const READ_MAX = 1_000;
/** A watcher that is more than this many events behind is dropped; it resumes from the last position that it got. */
const BEHIND_MAX = 2_000;
/** A look at the feed without anybody having said that there is something new. */
const POLL_MS = 30_000;

/**
 * Events are read once for all watchers, and handed on in memory; a watcher that begins in the past reads up to where
 * it joined the others. Nothing is read while nobody watches.
 */
export function feed<Row extends Positioned>(
  sql: Sql,
  name: string,
  read: ReadFeed<Row>,
  failed: (error: unknown) => void,
  { byProject = false }: { byProject?: boolean } = {},
): Feed<Row> {
  const tail = new Tail(read, failed);
  const head = async (): Promise<bigint> => {
    const [row] = await sql<{ position: bigint }[]>`select position from feed_head where feed = ${name}`;
    return row?.position ?? 0n;
  };
  return {
    head,
    wholeHead: () => wholeHead(sql, name, byProject ? lookApart : lookAtOnce),
    poke: () => tail.poke(),
    endsAt: (position) => tail.endsAt(position),
    watch: async function* ({ projectId, wants = () => true, after, signal }) {
      const { watcher, from } = tail.join({ projectId, wants }, await head());
      const leave = () => watcher.end();
      signal.addEventListener("abort", leave, { once: true });
      try {
        if (signal.aborted) return;
        let position = after;
        for (let rows: Row[] = []; position < from; position = rows.at(-1)?.position ?? from) {
          rows = await read({
            ...(projectId && { projectId }),
            after: position,
            upTo: from,
            limit: READ_MAX,
          });
          yield* rows.filter(wants);
          if (signal.aborted) return;
        }
        for await (const row of watcher.rows()) if (row.position > after) yield row;
      } finally {
        signal.removeEventListener("abort", leave);
        tail.leave(watcher);
      }
    },
    watchDirectly: async function* ({ projectId, after, signal, direct }) {
      const hub = tail.enter(projectId, await head());
      try {
        for (let position = after; !signal.aborted && !hub.isOver; ) {
          const upTo = hub.position;
          if (position < upTo) {
            const rows = await read({ projectId, after: position, upTo, limit: READ_MAX });
            yield* rows;
            position = rows.length < READ_MAX ? upTo : (rows.at(-1) as Row).position;
          } else {
            const left = await hub.join(direct, position, signal);
            position = left.position;
            if (left.isSlow) await direct.drained(signal);
          }
        }
      } finally {
        tail.exit(hub);
      }
    },
    stop: () => tail.stop(),
  };
}

/** What is new comes to it. */
interface Listener<Row extends Positioned> {
  offer(row: Row): void;
  end(): void;
}

/** Reads what is new, once for all watchers. */
class Tail<Row extends Positioned> {
  readonly #read: ReadFeed<Row>;
  readonly #reading: Repeating;
  readonly #watchers = new Set<Listener<Row>>();
  readonly #hubs = new Map<number, Hub<Row>>();
  /** How far it has read; undefined while nobody watches. */
  #last: bigint | undefined;

  constructor(read: ReadFeed<Row>, failed: (error: unknown) => void) {
    this.#read = read;
    this.#reading = repeat({ everyMs: POLL_MS, work: () => this.#advance(), failed, later: true });
  }

  /** Adds a watcher. It gets all that comes after `from`; `head` is a position that was given already. */
  join(watched: Watched<Row>, head: bigint): { watcher: Watcher<Row>; from: bigint } {
    const watcher = new Watcher<Row>(watched);
    return { watcher, from: this.#add(watcher, head) };
  }

  /** The hub of a project, which its user leaves by `exit`; as in `join` otherwise. */
  enter(projectId: number, head: bigint): Hub<Row> {
    let hub = this.#hubs.get(projectId);
    if (hub === undefined) {
      this.#last ??= head;
      hub = new Hub(projectId, () => this.#last ?? head);
      this.#hubs.set(projectId, hub);
      this.#add(hub, head);
    }
    hub.users += 1;
    return hub;
  }

  exit(hub: Hub<Row>): void {
    hub.users -= 1;
    if (hub.users > 0) return;
    this.#hubs.delete(hub.projectId);
    hub.end();
    this.leave(hub);
  }

  #add(listener: Listener<Row>, head: bigint): bigint {
    this.#watchers.add(listener);
    this.#last ??= head;
    this.poke();
    return this.#last;
  }

  leave(watcher: Listener<Row>): void {
    this.#watchers.delete(watcher);
    if (this.#watchers.size === 0) this.#last = undefined;
  }

  poke(): void {
    if (this.#watchers.size > 0) this.#reading.poke();
  }

  endsAt(position: bigint): void {
    if (this.#last !== undefined && position > this.#last) this.poke();
  }

  async stop(): Promise<void> {
    for (const watcher of this.#watchers) watcher.end();
    await this.#reading.stop();
  }

  async #advance(): Promise<void> {
    if (this.#last === undefined) return;
    const after = this.#last;
    const rows = await this.#read({ after, limit: READ_MAX });
    // A watcher that joined after all had left started at another position.
    if (this.#last !== after) return this.poke();
    for (const row of rows) for (const watcher of this.#watchers) watcher.offer(row);
    this.#last = rows.at(-1)?.position ?? after;
    if (rows.length === READ_MAX) this.poke();
  }
}

type Watched<Row extends Positioned> = Required<Pick<Watching<Row>, "projectId">> & {
  wants: (row: Row) => boolean;
};

/** What waits for one watcher. */
class Watcher<Row extends Positioned> {
  readonly #watched: Watched<Row>;
  #waiting: Row[] = [];
  #ended = false;
  #behind = false;
  #wake: () => void = () => {};

  constructor(watched: Watched<Row>) {
    this.#watched = watched;
  }

  offer(row: Row): void {
    const { projectId, wants } = this.#watched;
    if (this.#behind || (projectId !== undefined && row.project_id !== projectId) || !wants(row)) return;
    this.#waiting.push(row);
    this.#behind = this.#waiting.length > BEHIND_MAX;
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  async *rows(): AsyncGenerator<Row> {
    while (!this.#ended) {
      const rows = this.#waiting;
      this.#waiting = [];
      yield* rows;
      if (this.#behind) throw new BehindTooFar();
      if (this.#waiting.length > 0 || this.#ended) continue;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
