/** How much is gathered. */
export interface Gathering {
  /** How long others are waited for after the first. */
  waitMs: number;
  /** The most of one lot. */
  most: number;
}

/** Yields what comes within some time together, in order. What came before an error is yielded before it is thrown. */
export async function* gather<T>(source: AsyncIterable<T>, { waitMs, most }: Gathering): AsyncGenerator<T[]> {
  const from = source[Symbol.asyncIterator]();
  const take = () => {
    const taken = from.next();
    // A failure is thrown where it is awaited, which may be later.
    taken.catch(() => {});
    return taken;
  };
  let next = take();
  try {
    for (let first = await next; !first.done; first = await next) {
      const lot = [first.value];
      next = take();
      let isOver = false;
      const taking = async () => {
        while (lot.length < most) {
          const { done, value } = await next;
          if (done || isOver) return;
          lot.push(value);
          next = take();
        }
      };
      await withinMs(
        waitMs,
        taking().catch(() => {}),
      );
      isOver = true;
      yield lot;
    }
  } finally {
    // Not awaited: a source that waits for more ends when the signal of its reader aborts.
    from.return?.().catch(() => {});
  }
}

/** Resolves when `work` does, or after some time. */
function withinMs(ms: number, work: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    void work.then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
