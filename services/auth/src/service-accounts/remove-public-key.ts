import type { MethodImpl } from "@connectrpc/connect";
import { EventKind } from "@tessera/contracts/tessera/auth/v1/event_pb.ts";
import { ServiceAccountService } from "@tessera/contracts/tessera/auth/v1/service_account_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import { accountToChange, tellOfAccount } from "./change-account.ts";
import { publicKeyNotFound } from "./refusals.ts";
import { SERVICE_ACCOUNTS } from "./service-account-document.ts";
import { deletePublicKey } from "./store.ts";

/** Implements tessera.auth.v1.ServiceAccountService.RemovePublicKey. */
export function removePublicKey({
  store,
}: Deps): MethodImpl<typeof ServiceAccountService.method.removePublicKey> {
  return (request, context) => {
    const caller = callerOf(context);
    const { userId } = request;
    return store.command({
      method: ServiceAccountService.method.removePublicKey,
      request,
      context,
      work: async (tx) => {
        const account = await accountToChange(tx, caller, userId);
        const { kid } = request;
        if (!account.keys.some((it) => it.kid === kid)) throw publicKeyNotFound(kid);
        const revision = await deletePublicKey(tx, userId, kid);
        await tellOfAccount(tx, caller, EventKind.PUBLIC_KEY_REMOVED, {
          userId,
          clientId: account.clientId,
          kid,
        });
        return { name: `${SERVICE_ACCOUNTS}${userId}`, revision };
      },
    });
  };
}
