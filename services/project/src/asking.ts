import { Code, ConnectError, type HandlerContext } from "@connectrpc/connect";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Asking } from "./store/visible-to.ts";
import type { Viewers } from "./viewers.ts";

/** A reader waits no longer than this to learn who is asking. */
const ASK_MOST_MS = 1_000;
const GONE: readonly Code[] = [Code.Unavailable, Code.DeadlineExceeded];

type Context = Pick<HandlerContext, "values" | "signal" | "requestHeader">;

/**
 * Who asks, for something that everybody may read some of. While auth cannot be asked of somebody who was not known
 * before, only the number is known: everybody goes on seeing what is open, and one's own.
 */
export async function askingOf(viewers: Viewers, context: Context): Promise<Asking> {
  try {
    return await viewers.of(context, { mostMs: ASK_MOST_MS });
  } catch (error) {
    const gone = error instanceof ConnectError && error.details.length === 0 && GONE.includes(error.code);
    if (!gone) throw error;
    return { userId: callerOf(context).userId };
  }
}
