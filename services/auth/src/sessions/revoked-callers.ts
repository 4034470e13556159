import type { Caller } from "@tessera/rpc/caller.ts";
import type { Refusal } from "@tessera/rpc/refusal.ts";
import type { RevokedCallers } from "@tessera/rpc/stream-end.ts";
import { tokenRevoked } from "../revocations/refusals.ts";
import type { RevocationWatch } from "../revocations/revocation-watch.ts";
import type { StoredRevocation } from "../revocations/store.ts";
import { userBlocked } from "../users/refusals.ts";

/** Notifies of the callers of this service whose tokens are revoked during their streams. */
export function revokedCallers(revocations: RevocationWatch): RevokedCallers {
  return {
    onRevoked: (caller, notify) => {
      const over = new AbortController();
      void follow(revocations.follow(over.signal), caller, notify);
      return () => over.abort();
    },
  };
}

async function follow(
  news: AsyncIterable<StoredRevocation[]>,
  caller: Caller,
  notify: (refusal: Refusal) => void,
): Promise<void> {
  for await (const lot of news) {
    const refusal = lot.map((it) => refusalOf(it, caller)).find((it) => it !== undefined);
    if (refusal !== undefined) return notify(refusal);
  }
}

function refusalOf(
  { sessionId, userId, kid, tokenVersion, blocked }: StoredRevocation,
  caller: Caller,
): Refusal | undefined {
  if (userId === caller.userId && blocked) return userBlocked();
  const isRevoked =
    (userId === caller.userId && caller.tokenVersion < tokenVersion) ||
    sessionId === caller.sessionId ||
    kid === caller.keyId;
  return isRevoked ? tokenRevoked() : undefined;
}
