/** One call of a history. Times are of one clock. */
export interface Call<Op> {
  op: Op;
  sentAt: number;
  /** Infinity where no answer came: it may have happened at any time since, or never. */
  answeredAt: number;
}

/** What a register is, step by step. */
export interface Register<State, Op> {
  initial: State;
  /** The state after a call that had this very answer; undefined if it cannot have it in this state. */
  apply(state: State, op: Op): State | undefined;
}

/** At most this many nodes of the search are visited; then the result is unknown. */
const VISITED_MAX = 100_000;

/**
 * An order of the calls in which each had its answer, and none went before one that was answered before it was sent; or
 * undefined if there is none, and so the history cannot be that of one register. Calls without an answer are in it where
 * they were needed.
 *
 * This is the search of Wing and Gong, with Lowe's memory of the places that led nowhere.
 */
export function linearize<State, Op>(
  history: readonly Call<Op>[],
  { initial, apply }: Register<State, Op>,
): Call<Op>[] | undefined {
  const calls = history.toSorted((a, b) => a.sentAt - b.sentAt);
  const answered = calls.reduce((bits, { answeredAt }, at) => bits | bitIf(answeredAt < Infinity, at), 0n);
  const known = new Set<string>();
  const order: Call<Op>[] = [];
  /** `done` has a bit for each call that is in its place; those before `from` all are. */
  const search = (done: bigint, from: number, state: State): boolean => {
    if ((done & answered) === answered) return true;
    const key = `${done.toString(36)} ${JSON.stringify(state)}`;
    if (known.has(key)) return false;
    if (known.size === VISITED_MAX) throw new Error(`no answer after ${VISITED_MAX} nodes`);
    known.add(key);
    const ready = candidates(calls, done, from);
    const steps = ready.map((at) => ({ at, next: apply(state, (calls[at] as Call<Op>).op) }));
    // What fits and changes nothing may as well go now as later: there is no need to try both.
    const still = steps.find(({ next }) => next !== undefined && isSame(next, state));
    for (const { at, next } of still ? [still] : steps) {
      if (next === undefined) continue;
      order.push(calls[at] as Call<Op>);
      if (search(done | bitIf(true, at), at === from ? from + 1 : from, next)) return true;
      order.pop();
    }
    return false;
  };
  return search(0n, 0, initial) ? order : undefined;
}

/** The calls that may come next: those that were sent before any that is not in its place yet was answered. */
function candidates<Op>(calls: readonly Call<Op>[], done: bigint, from: number): number[] {
  const found: number[] = [];
  let earliest = Infinity;
  for (let at = from; at < calls.length; at++) {
    const { sentAt, answeredAt } = calls[at] as Call<Op>;
    if (sentAt > earliest) break;
    if ((done & bitIf(true, at)) !== 0n) continue;
    earliest = Math.min(earliest, answeredAt);
    found.push(at);
  }
  return found;
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function bitIf(isSet: boolean, at: number): bigint {
  return isSet ? 1n << BigInt(at) : 0n;
}
