import type { MethodImpl } from "@connectrpc/connect";
import {
  ListServiceAccountsRequestSchema,
  type ServiceAccountService,
} from "@tessera/contracts/tessera/auth/v1/service_account_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { pageToken, readPageToken } from "@tessera/rpc/page-token.ts";
import type { Deps } from "../deps.ts";
import { numberIn } from "../page-key.ts";
import { notAdministrator } from "../users/refusals.ts";
import { serviceAccountDocument } from "./service-account-document.ts";

const PAGE_SIZE = 50;

/** Implements tessera.auth.v1.ServiceAccountService.ListServiceAccounts. */
export function listServiceAccounts({
  store,
}: Deps): MethodImpl<typeof ServiceAccountService.method.listServiceAccounts> {
  return async (request, context) => {
    const last = readPageToken(ListServiceAccountsRequestSchema, request);
    if (!(await store.isAdministrator(callerOf(context)))) throw notAdministrator();
    const limit = request.pageSize || PAGE_SIZE;
    const found = await store.serviceAccounts.list(numberIn(last ?? "0"), limit + 1);
    const page = found.slice(0, limit);
    const end = found.length > limit ? page.at(-1) : undefined;
    return {
      serviceAccounts: page.map(serviceAccountDocument),
      nextPageToken: end ? pageToken(ListServiceAccountsRequestSchema, request, String(end.userId)) : "",
    };
  };
}
