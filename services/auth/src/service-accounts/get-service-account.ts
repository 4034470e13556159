import type { MethodImpl } from "@connectrpc/connect";
import type { ServiceAccountService } from "@tessera/contracts/tessera/auth/v1/service_account_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import { notAdministrator } from "../users/refusals.ts";
import { serviceAccountNotFound } from "./refusals.ts";
import { serviceAccountDocument } from "./service-account-document.ts";

/** Implements tessera.auth.v1.ServiceAccountService.GetServiceAccount. */
export function getServiceAccount({
  store,
}: Deps): MethodImpl<typeof ServiceAccountService.method.getServiceAccount> {
  return async ({ userId }, context) => {
    if (!(await store.isAdministrator(callerOf(context)))) throw notAdministrator();
    const account = await store.serviceAccounts.find(userId);
    if (account === undefined) throw serviceAccountNotFound(userId);
    return { serviceAccount: serviceAccountDocument(account) };
  };
}
