import type { Operation } from "@tessera/contracts/tessera/rpc/v1/operation_pb.ts";
import pRetry from "p-retry";

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
  let document: Document | undefined;
  const look = async () => {
    document = await read();
    if (document?.operation !== undefined && !document.operation.done) throw new NotDone();
  };
  try {
    await pRetry(look, {
      retries: Number.POSITIVE_INFINITY,
      maxRetryTime: seconds * 1000,
      minTimeout: LOOK_EVERY_MS,
      factor: 1,
      signal: caller,
      shouldRetry: ({ error }) => error instanceof NotDone && !draining.aborted,
    });
  } catch (error) {
    if (!(error instanceof NotDone) && !caller.aborted) throw error;
  }
  return document;
}

class NotDone extends Error {}
