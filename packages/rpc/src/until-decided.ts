import { Code, ConnectError } from "@connectrpc/connect";
import { reasonNamed } from "@tessera/contracts/reason-facts.ts";
import { RefusalClass } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import pRetry from "p-retry";

/** How often one request is sent, at most: whatever is being restarted, on a busy machine too, comes back meanwhile. */
const TRIES_MAX = 1_200;
const PAUSE_MS = 100;

/** Whether a service says that it has a bug; a broken connection has the same code, and other words. */
export function isBug(error: unknown): boolean {
  return (
    error instanceof ConnectError && error.code === Code.Internal && error.rawMessage === "internal error"
  );
}

/**
 * Whether a refusal is a decision about what was asked. One that any call may meet, and that passes by itself, such as
 * OVERLOADED, is none: it is allowed, and breaks no promise.
 */
function isDecision(reason: string | undefined): boolean {
  if (reason === undefined) return false;
  const facts = reasonNamed(reason);
  return facts === undefined || !facts.retryable || facts.class === RefusalClass.UNSPECIFIED;
}

/**
 * Sends a request again, with the same id, until it is acknowledged or decided against, as any client does. `reasonIn`
 * returns the reason that an error carries, if it has one.
 */
export function untilDecided<T>(
  send: () => Promise<T>,
  reasonIn: (error: unknown) => string | undefined,
  triesMax = TRIES_MAX,
): Promise<T> {
  return pRetry(send, {
    retries: triesMax - 1,
    minTimeout: PAUSE_MS,
    factor: 1,
    shouldRetry: ({ error }) => !isDecision(reasonIn(error)),
  });
}
