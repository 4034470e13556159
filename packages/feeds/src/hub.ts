import type { Positioned } from "./feed.ts";

/** The stream of one watcher, past the promises that each message of a handler costs. */
export interface Direct<Row extends Positioned> {
  /** An event as it travels: the same bytes for all watchers. */
  frameOf(row: Row): Buffer;
  /** Whether the watcher may still see the project, as far as that is known without asking. */
  sees(): boolean;
  /** Writes frames. False where too much waits to be read: nothing was written. */
  push(frames: Buffer): boolean;
  /** Waits until all that was written was taken, or the signal aborts. */
  drained(signal: AbortSignal): Promise<void>;
}

/** How a watcher left a hub: up to which position everything was written to it. */
export interface Left {
  position: bigint;
  isSlow: boolean;
}

interface Member<Row extends Positioned> {
  direct: Direct<Row>;
  position: bigint;
  left(how: Left): void;
}

/**
 * Events are written to all watchers together, no sooner than this many times as long after a round as the round took: the
 * more watchers there are, the more events one round brings.
 */
const PAUSE_TIMES = 25;
/** Nothing waits longer than this for its round, in milliseconds. */
const PAUSE_MAX_MS = 250;
/** With more events than this a round begins at once. */
const WAITING_MAX = 2_000;

/**
 * The watchers of one project that keep up. Each event is encoded once, and what happened since the last round is one
 * buffer, which is written to the stream of each. A stream that cannot take more leaves, and reads what it missed.
 */
export class Hub<Row extends Positioned> {
  readonly projectId: number;
  readonly #tailPosition: () => bigint;
  readonly #members = new Set<Member<Row>>();
  #waiting: Row[] = [];
  #written: bigint;
  #round: NodeJS.Timeout | undefined;
  #notBeforeMs = 0;
  /** How many use it, members or not. */
  users = 0;
  isOver = false;

  /** `tailPosition` returns the position up to which the hub was offered what there is. */
  constructor(projectId: number, tailPosition: () => bigint) {
    this.projectId = projectId;
    this.#tailPosition = tailPosition;
    this.#written = tailPosition();
  }

  /** A watcher that joins at this position, or later, misses nothing. */
  get position(): bigint {
    if (this.#waiting.length > 0) return this.#written;
    const tail = this.#tailPosition();
    return tail > this.#written ? tail : this.#written;
  }

  offer(row: Row): void {
    if (row.project_id !== this.projectId) return;
    if (this.#waiting.length === 0) this.#written = row.position - 1n;
    this.#waiting.push(row);
    if (this.#waiting.length > WAITING_MAX) this.#write();
    else this.#round ??= setTimeout(() => this.#write(), Math.max(0, this.#notBeforeMs - performance.now()));
  }

  /** Takes a watcher to which everything up to `position` was sent; resolves when it has left. */
  join(direct: Direct<Row>, position: bigint, signal: AbortSignal): Promise<Left> {
    return new Promise((resolve) => {
      const leave = () => member.left({ position: member.position, isSlow: false });
      const member: Member<Row> = {
        direct,
        position,
        left: (how) => {
          this.#members.delete(member);
          signal.removeEventListener("abort", leave);
          resolve(how);
        },
      };
      this.#members.add(member);
      signal.addEventListener("abort", leave);
      if (signal.aborted) leave();
    });
  }

  end(): void {
    this.isOver = true;
    clearTimeout(this.#round);
    for (const { left, position } of this.#members) left({ position, isSlow: false });
  }

  #write(): void {
    clearTimeout(this.#round);
    this.#round = undefined;
    const rows = this.#waiting;
    this.#waiting = [];
    const last = rows.at(-1)?.position ?? this.#written;
    const beganMs = performance.now();
    let frames: Buffer | undefined;
    for (const member of this.#members) {
      const { direct, position } = member;
      // A watcher that resumed from a later position has those before it.
      if (position >= last) continue;
      const isWhole = position <= this.#written;
      if (isWhole) frames ??= framesOf(rows, direct);
      const own = isWhole
        ? frames
        : framesOf(
            rows.filter((row) => row.position > position),
            direct,
          );
      if (!direct.sees()) member.left({ position, isSlow: false });
      else if (!direct.push(own as Buffer)) member.left({ position, isSlow: true });
      else member.position = last;
    }
    this.#written = last;
    const endedMs = performance.now();
    this.#notBeforeMs = endedMs + Math.min((endedMs - beganMs) * PAUSE_TIMES, PAUSE_MAX_MS);
  }
}

function framesOf<Row extends Positioned>(rows: readonly Row[], { frameOf }: Direct<Row>): Buffer {
  return Buffer.concat(rows.map(frameOf));
}
