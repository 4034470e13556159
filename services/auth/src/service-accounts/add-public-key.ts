import type { MethodImpl } from "@connectrpc/connect";
import { EventKind } from "@tessera/contracts/tessera/auth/v1/event_pb.ts";
import { ServiceAccountService } from "@tessera/contracts/tessera/auth/v1/service_account_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import { accountToChange, tellOfAccount } from "./change-account.ts";
import { readPublicKey } from "./public-key.ts";
import { publicKeyLimitReached } from "./refusals.ts";
import { PUBLIC_KEYS_MAX } from "./service-account.ts";
import { SERVICE_ACCOUNTS } from "./service-account-document.ts";
import { insertPublicKey } from "./store.ts";

/** Implements tessera.auth.v1.ServiceAccountService.AddPublicKey. */
export function addPublicKey({ store }: Deps): MethodImpl<typeof ServiceAccountService.method.addPublicKey> {
  return (request, context) => {
    const caller = callerOf(context);
    const { userId } = request;
    return store.command({
      method: ServiceAccountService.method.addPublicKey,
      request,
      context,
      work: async (tx) => {
        const account = await accountToChange(tx, caller, userId);
        const key = await readPublicKey(request.jwk);
        const isThere = account.keys.some(({ kid }) => kid === key.kid);
        if (!isThere && account.keys.length >= PUBLIC_KEYS_MAX) throw publicKeyLimitReached(PUBLIC_KEYS_MAX);
        const revision = await insertPublicKey(tx, userId, key);
        await tellOfAccount(tx, caller, EventKind.PUBLIC_KEY_ADDED, {
          userId,
          clientId: account.clientId,
          kid: key.kid,
        });
        return { name: `${SERVICE_ACCOUNTS}${userId}`, revision, response: { kid: key.kid } };
      },
    });
  };
}
