import type { MethodImpl } from "@connectrpc/connect";
import { EventKind } from "@tessera/contracts/tessera/auth/v1/event_pb.ts";
import { ServiceAccountService } from "@tessera/contracts/tessera/auth/v1/service_account_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import { isAdministrator } from "../users/is-administrator.ts";
import { notAdministrator } from "../users/refusals.ts";
import { tellOfAccount } from "./change-account.ts";
import { readPublicKey } from "./public-key.ts";
import { clientIdTaken } from "./refusals.ts";
import { refuseServicesOnly } from "./service-account.ts";
import { SERVICE_ACCOUNTS } from "./service-account-document.ts";
import { insertAccount, insertPublicKey } from "./store.ts";

/** Implements tessera.auth.v1.ServiceAccountService.CreateServiceAccount. */
export function createServiceAccount({
  store,
}: Deps): MethodImpl<typeof ServiceAccountService.method.createServiceAccount> {
  return (request, context) => {
    const caller = callerOf(context);
    const { clientId, description, scopes, mayAct, jwk } = request;
    return store.command({
      method: ServiceAccountService.method.createServiceAccount,
      request,
      context,
      work: async (tx) => {
        if (!(await isAdministrator(tx, caller))) throw notAdministrator();
        refuseServicesOnly(scopes);
        const key = jwk === "" ? undefined : await readPublicKey(jwk);
        const account = { clientId, description, scopes, mayAct, isDeployed: false };
        const userId = await insertAccount(tx, account);
        if (userId === undefined) throw clientIdTaken(clientId);
        const revision = key === undefined ? 1n : await insertPublicKey(tx, userId, key);
        await tellOfAccount(tx, caller, EventKind.SERVICE_ACCOUNT_CREATED, { userId, ...account });
        return { name: `${SERVICE_ACCOUNTS}${userId}`, revision };
      },
    });
  };
}
