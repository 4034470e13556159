import { Code, ConnectError } from "@connectrpc/connect";

/** Waits for something that other calls may wait for as well: no longer than this call may take, nor after its signal aborts. */
export async function within<T>(
  promise: Promise<T>,
  milliseconds: number,
  signal: AbortSignal | undefined,
): Promise<T> {
  signal?.throwIfAborted();
  let end = () => {};
  const ended = new Promise<never>((_, reject) => {
    const late = () => reject(new ConnectError("no access token in time", Code.DeadlineExceeded));
    const timer = Number.isFinite(milliseconds) ? setTimeout(late, milliseconds) : undefined;
    const abort = () => reject(signal?.reason);
    signal?.addEventListener("abort", abort, { once: true });
    end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    };
  });
  try {
    return await Promise.race([promise, ended]);
  } finally {
    end();
  }
}
