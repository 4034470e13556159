import type { DescMethod } from "@bufbuild/protobuf";
import { ConnectError } from "@connectrpc/connect";
import { authenticate } from "@tessera/rpc/authenticate.ts";
import { ANONYMOUS, type Caller, type VerifyToken } from "@tessera/rpc/caller.ts";

/** Finds who calls an RPC before anything is done for the call. Refuses who may not call it. */
export type FindCaller = (rpc: DescMethod, authorization: string | undefined) => Caller | Promise<Caller>;

/**
 * Verifies tokens with `verifyFor` the service that is called. While tokens cannot be verified (the keys of auth
 * cannot be fetched, or `verifyFor` is absent) a token must still be present; the service decides whether it is
 * valid.
 */
export function callerFinder(verifyFor?: (rpc: DescMethod) => VerifyToken): FindCaller {
  return (rpc, authorization) => {
    if (verifyFor === undefined && authorization !== undefined) return ANONYMOUS;
    try {
      const caller = authenticate(rpc, authorization ?? null, verifyFor?.(rpc) ?? (() => ANONYMOUS));
      return caller instanceof Promise ? caller.catch(unverified) : caller;
    } catch (error) {
      return unverified(error);
    }
  };
}

/** A caller whose token could not be verified. A token that was refused is refused. */
function unverified(error: unknown): Caller {
  if (error instanceof ConnectError) return ANONYMOUS;
  throw error;
}
