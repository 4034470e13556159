import type { MethodImpl } from "@connectrpc/connect";
import { EventKind } from "@tessera/contracts/tessera/auth/v1/event_pb.ts";
import { ServiceAccountService } from "@tessera/contracts/tessera/auth/v1/service_account_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import { endAllTokens } from "../sessions/store.ts";
import { accountToChange, tellOfAccount } from "./change-account.ts";
import { SERVICE_ACCOUNTS } from "./service-account-document.ts";
import { deleteAccount } from "./store.ts";

/** Implements tessera.auth.v1.ServiceAccountService.DeleteServiceAccount. */
export function deleteServiceAccount({
  store,
}: Deps): MethodImpl<typeof ServiceAccountService.method.deleteServiceAccount> {
  return (request, context) => {
    const caller = callerOf(context);
    const { userId } = request;
    return store.command({
      method: ServiceAccountService.method.deleteServiceAccount,
      request,
      context,
      work: async (tx) => {
        const account = await accountToChange(tx, caller, userId);
        await endAllTokens(tx, userId);
        const revision = await deleteAccount(tx, userId);
        await tellOfAccount(tx, caller, EventKind.SERVICE_ACCOUNT_DELETED, {
          userId,
          clientId: account.clientId,
        });
        return { name: `${SERVICE_ACCOUNTS}${userId}`, revision };
      },
    });
  };
}
