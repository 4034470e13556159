/** What `run` returns for a member that would have to wait for a row which another transaction holds. */
export const WAITS = Symbol("waits for a row");

/** At most this many members wait at once, each in its own statement, for rows that other transactions hold. */
const WAITING_AT_ONCE_MAX = 4;

/** How calls share statements. */
export interface ShareOptions<Item, Result> {
  /**
   * Runs many at once, all or none; returns the results in their order. Unless it `mayWait`, it waits for no row that
   * another transaction holds: it returns WAITS for a member that would have to.
   */
  run: (items: Item[], mayWait: boolean) => Promise<(Result | typeof WAITS)[]>;
  /** Whether `run` failed because it would have had to wait for one of its members, and does not know which. */
  isWait?: (error: unknown) => boolean;
  /** Throws where nobody waits for a member any more: it is not run then. */
  mustBeWanted?: (item: Item) => void;
  /** What two members of one batch may not have in common. */
  keysOf?: (item: Item) => string[];
  /** At most this many batches run at once. */
  inFlight?: number;
  /** The most members of a batch. */
  batchMax?: number;
}

interface Waiting<Item, Result> {
  item: Item;
  keys: string[];
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/**
 * Lets calls that come at the same time share one statement, and so one round trip and one commit.
 *
 * A batch is a share of what is waiting when a place is free; there is no timer, so a lone call waits for nobody. If a
 * batch fails, its members run singly, so that each gets its own answer. With all 64 waiting callers in one batch, they
 * and the service took turns at working: 2,700 commands a second. Batches of 16 keep both busy: 3,500. How many may
 * wait is bounded by how many calls a service admits.
 *
 * A batch waits for no row: a member that has to runs alone, apart from the places of batches, so that nobody else waits
 * with it. Of those with a key in common one runs at a time.
 */
export function share<Item, Result>(options: ShareOptions<Item, Result>): (item: Item) => Promise<Result> {
  const { keysOf = () => [], inFlight = 2, batchMax = 16 } = options;
  let waiting: Waiting<Item, Result>[] = [];
  let running = 0;
  const wait = waitApart(options);

  const next = (): void => {
    while (running < inFlight && waiting.length > 0) {
      const fair = Math.ceil(waiting.length / (inFlight - running));
      const { batch, rest } = select(waiting, Math.min(fair, batchMax));
      waiting = rest;
      running += 1;
      void settle(batch, options, wait).finally(() => {
        running -= 1;
        next();
      });
    }
  };
  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, keys: keysOf(item), resolve, reject });
      // After this turn of the event loop, so that all that one read of a socket brought goes together.
      if (waiting.length === 1) setImmediate(next);
    });
}

function select<Item, Result>(waiting: Waiting<Item, Result>[], most: number) {
  const taken = new Set<string>();
  const batch: Waiting<Item, Result>[] = [];
  const rest: Waiting<Item, Result>[] = [];
  for (const one of waiting) {
    if (batch.length === most || one.keys.some((key) => taken.has(key))) {
      rest.push(one);
      // Later members with the same key stay behind it.
    } else {
      batch.push(one);
    }
    for (const key of one.keys) taken.add(key);
  }
  return { batch, rest };
}

async function settle<Item, Result>(
  batch: Waiting<Item, Result>[],
  options: ShareOptions<Item, Result>,
  wait: (one: Waiting<Item, Result>) => void,
): Promise<void> {
  const { run, isWait = () => false } = options;
  batch = batch.filter((one) => isWanted(one, options));
  if (batch.length === 0) return;
  const items = batch.map(({ item }) => item);
  try {
    const results = await run(items, false);
    for (const [index, one] of batch.entries()) {
      const result = results[index];
      if (result === WAITS) wait(one);
      else one.resolve(result as Result);
    }
  } catch (error) {
    const [first] = batch;
    if (batch.length > 1) for (const one of batch) await settle([one], options, wait);
    else if (first && isWait(error)) wait(first);
    else first?.reject(error);
  }
}

/** Whether somebody waits for a member; it is rejected if not. */
function isWanted<Item, Result>(
  { item, reject }: Waiting<Item, Result>,
  { mustBeWanted }: ShareOptions<Item, Result>,
): boolean {
  try {
    mustBeWanted?.(item);
    return true;
  } catch (error) {
    reject(error);
    return false;
  }
}

/** Runs members that wait for rows, each alone. */
function waitApart<Item, Result>(options: ShareOptions<Item, Result>) {
  const { run } = options;
  let queue: Waiting<Item, Result>[] = [];
  let running = 0;
  const busy = new Set<string>();

  const alone = async (one: Waiting<Item, Result>): Promise<void> => {
    if (!isWanted(one, options)) return;
    try {
      const [result] = await run([one.item], true);
      if (result === WAITS) throw new Error("what may wait said that it would have to wait");
      one.resolve(result as Result);
    } catch (error) {
      one.reject(error);
    }
  };
  const next = (): void => {
    const later: Waiting<Item, Result>[] = [];
    for (const one of queue) {
      if (running === WAITING_AT_ONCE_MAX || one.keys.some((key) => busy.has(key))) {
        later.push(one);
        continue;
      }
      running += 1;
      for (const key of one.keys) busy.add(key);
      void alone(one).finally(() => {
        running -= 1;
        for (const key of one.keys) busy.delete(key);
        next();
      });
    }
    queue = later;
  };
  return (one: Waiting<Item, Result>): void => {
    queue.push(one);
    next();
  };
}
