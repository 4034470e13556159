import { setTimeout as pause } from "node:timers/promises";
import type { Operation } from "@tessera/contracts/tessera/rpc/v1/operation_pb.ts";

/** How long an answer may be put off until an operation is done, in seconds. */
export const WAIT_MAX_SECONDS = 20;
/** How long to wait from one look to the next, in milliseconds. */
const LOOK_EVERY_MS = 200;

/** What ends the wait early: that the caller leaves, or that this process is to end. */
export interface WaitEnds {
  caller: AbortSignal;
  draining: AbortSignal;
}

/**
 * Reads a document until its operation is done or the time is over, and returns the last one. A document that cannot
 * be read, or shows no operation, is not read again.
 */
export async function readUntilDone<Document extends { operation: Operation | undefined }>(
  read: () => Promise<Document | undefined>,
  seconds: number,
  { caller, draining }: WaitEnds,
): Promise<Document | undefined> {
  const endMs = performance.now() + seconds * 1000;
  for (;;) {
    const document = await read();
    const leftMs = endMs - performance.now();
    const settled = document?.operation === undefined || document.operation.done;
    if (settled || leftMs <= 0 || caller.aborted || draining.aborted) return document;
    // What ends it is that the caller left: the next look sees that, too.
    await pause(Math.min(leftMs, LOOK_EVERY_MS), undefined, { signal: caller }).catch(() => {});
  }
}
