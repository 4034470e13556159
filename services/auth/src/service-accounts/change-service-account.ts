import type { MethodImpl } from "@connectrpc/connect";
import { EventKind } from "@tessera/contracts/tessera/auth/v1/event_pb.ts";
import { ServiceAccountService } from "@tessera/contracts/tessera/auth/v1/service_account_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import { accountToChange, tellOfAccount } from "./change-account.ts";
import { refuseOutdated, refuseServicesOnly } from "./service-account.ts";
import { SERVICE_ACCOUNTS } from "./service-account-document.ts";
import { writeAccount } from "./store.ts";

/** Implements tessera.auth.v1.ServiceAccountService.ChangeServiceAccount. */
export function changeServiceAccount({
  store,
}: Deps): MethodImpl<typeof ServiceAccountService.method.changeServiceAccount> {
  return (request, context) => {
    const caller = callerOf(context);
    const { userId } = request;
    return store.command({
      method: ServiceAccountService.method.changeServiceAccount,
      request,
      context,
      work: async (tx) => {
        const account = await accountToChange(tx, caller, userId);
        refuseOutdated(account, request.expectedRevision);
        const { description, scopes, mayAct } = request;
        refuseServicesOnly(scopes);
        const revision = await writeAccount(tx, { userId, description, scopes, mayAct });
        await tellOfAccount(tx, caller, EventKind.SERVICE_ACCOUNT_CHANGED, {
          userId,
          clientId: account.clientId,
          scopes,
          mayAct,
        });
        return { name: `${SERVICE_ACCOUNTS}${userId}`, revision };
      },
    });
  };
}
