import type { ServiceImpl } from "@connectrpc/connect";
import type { ServiceAccountService } from "@tessera/contracts/tessera/auth/v1/service_account_service_pb.ts";
import type { Deps } from "../deps.ts";
import { createPublicKey } from "./create-public-key.ts";
import { createServiceAccount } from "./create-service-account.ts";
import { deleteServiceAccount } from "./delete-service-account.ts";
import { getServiceAccount } from "./get-service-account.ts";
import { listServiceAccounts } from "./list-service-accounts.ts";
import { revokePublicKey } from "./revoke-public-key.ts";
import { updateServiceAccount } from "./update-service-account.ts";

/** Implements tessera.auth.v1.ServiceAccountService. */
export function serviceAccountService(deps: Deps): ServiceImpl<typeof ServiceAccountService> {
  return {
    createServiceAccount: createServiceAccount(deps),
    getServiceAccount: getServiceAccount(deps),
    listServiceAccounts: listServiceAccounts(deps),
    updateServiceAccount: updateServiceAccount(deps),
    deleteServiceAccount: deleteServiceAccount(deps),
    createPublicKey: createPublicKey(deps),
    revokePublicKey: revokePublicKey(deps),
  };
}
