import type { Exchange } from "../exchange.ts";
import { bodyTooLarge, bodyTooSlow, ClientGone } from "./body.ts";

/** The bounds of a body that is passed on as it comes. */
export interface StreamLimits {
  /** The largest body that is taken, in bytes. */
  maxBytes: number;
  /** How long the next part of it may take to arrive, in milliseconds. */
  silenceMaxMs: number;
}

/**
 * The parts of a body as they arrive, no faster than they are taken. Refuses with BODY_TOO_LARGE as soon as it is known,
 * and with BODY_TOO_SLOW. What is not wanted of it is read and dropped.
 */
export async function* bodyParts(exchange: Exchange, limits: StreamLimits): AsyncGenerator<Buffer> {
  const { request, response } = exchange;
  const { maxBytes, silenceMaxMs } = limits;
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) throw bodyTooLarge(maxBytes);
  if (request.headers.expect !== undefined) response.writeContinue();
  // A request that is destroyed takes its connection along, and the answer with it.
  const parts: AsyncIterator<Buffer> = request.iterator({ destroyOnReturn: false });
  let bytes = 0;
  let pending = false;
  try {
    for (;;) {
      pending = true;
      const next = await nextWithin(parts, silenceMaxMs);
      pending = false;
      if (next.done) return;
      bytes += next.value.length;
      if (bytes > maxBytes) throw bodyTooLarge(maxBytes);
      yield next.value;
    }
  } finally {
    // One that waits for a part would end only with that.
    if (!pending) await parts.return?.();
    request.on("error", () => {});
    request.resume();
  }
}

function nextWithin(parts: AsyncIterator<Buffer>, ms: number): Promise<IteratorResult<Buffer>> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(bodyTooSlow(ms)), ms);
    parts
      .next()
      .then(resolve, () => reject(new ClientGone()))
      .finally(() => clearTimeout(timer));
  });
}
