import { Code, ConnectError } from "@connectrpc/connect";
import type { Sql } from "@tessera/postgres/pool.ts";
import { type Repeating, repeat } from "@tessera/runtime/repeat.ts";
import pRetry from "p-retry";

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

/** A watcher was dropped: what waited for it grew beyond its bound. */
export class BehindTooFar extends Error {
  override readonly name = "BehindTooFar";
}

/** Events that were committed have no position yet. */
class NotWhole extends ConnectError {}

/** At most this many events are read at once. */
const READ_MAX = 1_000;
/** A watcher that is more than this many events behind is dropped; it resumes from the last position that it got. */
const BEHIND_MAX = 2_000;
/** A look at the feed without anybody having said that there is something new. */
const POLL_MS = 30_000;
/** How often events without a position are looked for, at most, before the head of the feed is unavailable. */
const WHOLE = {
  retries: 100,
  minTimeout: 20,
  factor: 1,
  shouldRetry: ({ error }: { error: Error }) => error instanceof NotWhole,
};

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
    stop: () => tail.stop(),
  };
}

/** The time of a look and, if every event of that time and before has its position, the last one that was given. */
interface Seen {
  time: Date;
  position: bigint | null;
}

type Look = (sql: Sql, name: string, calledTime: Date | undefined) => Promise<Seen | undefined>;

async function wholeHead(sql: Sql, name: string, look: Look): Promise<bigint> {
  let calledTime: Date | undefined;
  return pRetry(async () => {
    const seen = await look(sql, name, calledTime);
    if (seen?.position != null) return seen.position;
    // A Date has milliseconds, and the time of an event has more.
    if (seen !== undefined) calledTime ??= new Date(seen.time.getTime() + 1);
    throw new NotWhole("events wait for their position in the feed", Code.Unavailable);
  }, WHOLE);
}

/** One statement, of one moment: each event of the time before has its position in it, or is seen without one. */
const lookAtOnce: Look = async (sql, name, calledTime) => {
  const [row] = await sql<Seen[]>`
    select called.time, case when not exists (
      select from ${sql(name)} where position is null and commit_time <= called.time) then position end as position
    from feed_head, (select coalesce(${calledTime ?? null}::timestamptz, clock_timestamp()) as time) called
    where feed = ${name}`;
  return row;
};

/** Where events are on several servers: the head is read after them, so that what they were given is in it. */
const lookApart: Look = async (sql, name, calledTime) => {
  const [row] = await sql<{ time: Date; isWhole: boolean }[]>`
    select clock_timestamp() as time, not exists (
      select 1 from ${sql(name)} where position is null
        and commit_time <= coalesce(${calledTime ?? null}::timestamptz, clock_timestamp())) as "isWhole"`;
  if (!row?.isWhole) return row && { ...row, position: null };
  const [head] = await sql<{ position: bigint | null }[]>`
    select case when coalesce(given, position) <= position then position end as position
    from feed_head where feed = ${name}`;
  return { ...row, position: head?.position ?? null };
};

/** Reads what is new, once for all watchers. */
class Tail<Row extends Positioned> {
  readonly #read: ReadFeed<Row>;
  readonly #reading: Repeating;
  readonly #watchers = new Set<Watcher<Row>>();
  /** How far it has read; undefined while nobody watches. */
  #last: bigint | undefined;

  constructor(read: ReadFeed<Row>, failed: (error: unknown) => void) {
    this.#read = read;
    this.#reading = repeat({ everyMs: POLL_MS, work: () => this.#advance(), failed, later: true });
  }

  /** Adds a watcher. It gets all that comes after `from`; `head` is a position that was given already. */
  join(watched: Watched<Row>, head: bigint): { watcher: Watcher<Row>; from: bigint } {
    const watcher = new Watcher<Row>(watched);
    this.#watchers.add(watcher);
    this.#last ??= head;
    this.poke();
    return { watcher, from: this.#last };
  }

  leave(watcher: Watcher<Row>): void {
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
