import { Code, ConnectError } from "@connectrpc/connect";

/**
 * The answer to a question that others may wait for as well, for a caller who has `mostMs`. The call itself continues
 * under its own limit. Throws DEADLINE_EXCEEDED.
 */
export async function within<T>(answer: Promise<T>, mostMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new ConnectError("no time was left before the deadline", Code.DeadlineExceeded)),
      mostMs,
    );
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
