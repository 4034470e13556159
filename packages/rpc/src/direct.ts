import type { HandlerContext } from "@connectrpc/connect";
import { serverCallKey } from "./server-call.ts";

/** A stream that is written to past its handler: of messages that many streams are sent, each costs one write. */
export interface DirectStream {
  /** Writes frames. False where too much waits to be read: nothing was written. */
  push(frames: Buffer): boolean;
  /** Waits until all that was written was taken, or the signal aborts. */
  drained(signal: AbortSignal): Promise<void>;
}

/**
 * The stream of a call, where it can be written to directly. Its handler sees to it that nothing is written while it yields a
 * message, nor after its signal aborted.
 */
export function directOf({ values }: Pick<HandlerContext, "values">): DirectStream | undefined {
  return values.get(serverCallKey)?.direct;
}
