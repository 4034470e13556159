import type { MethodImpl } from "@connectrpc/connect";
import { EventKind } from "@tessera/contracts/tessera/auth/v1/event_pb.ts";
import { SigningKeyService } from "@tessera/contracts/tessera/auth/v1/signing_key_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { appendEvent } from "../append-event.ts";
import type { Deps } from "../deps.ts";
import { revokeSignedBy } from "../revocations/store.ts";
import { isAdministrator } from "../users/is-administrator.ts";
import { notAdministrator } from "../users/refusals.ts";
import { signingKeyInUse, signingKeyNotFound } from "./refusals.ts";
import { keyAt } from "./signing-key.ts";
import { SIGNING_KEYS } from "./signing-key-document.ts";
import { holdKeys, revokeKey } from "./store.ts";

/** Implements tessera.auth.v1.SigningKeyService.RevokeSigningKey. */
export function revokeSigningKey({
  store,
}: Deps): MethodImpl<typeof SigningKeyService.method.revokeSigningKey> {
  return (request, context) => {
    const caller = callerOf(context);
    const { kid } = request;
    return store.command({
      method: SigningKeyService.method.revokeSigningKey,
      request,
      context,
      work: async (tx, now) => {
        if (!(await isAdministrator(tx, caller))) throw notAdministrator();
        const keys = await holdKeys(tx);
        const key = keys.find((it) => it.kid === kid);
        if (key === undefined) throw signingKeyNotFound(kid);
        const name = `${SIGNING_KEYS}${kid}`;
        if (key.revokeTime !== null) return { name, revision: key.revision };
        if (keyAt(keys, now)?.kid === kid) throw signingKeyInUse(kid);
        const { userId: actor, clientId } = caller;
        await appendEvent(tx, { kind: EventKind.SIGNING_KEY_REVOKED, actor, clientId, details: { kid } });
        await revokeSignedBy(tx, kid);
        return { name, revision: await revokeKey(tx, kid) };
      },
    });
  };
}
