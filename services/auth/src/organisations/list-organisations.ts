import type { MethodImpl } from "@connectrpc/connect";
import {
  ListOrganisationsRequestSchema,
  type OrganisationService,
} from "@tessera/contracts/tessera/auth/v1/organisation_service_pb.ts";
import { readPageToken } from "@tessera/rpc/page-token.ts";
import type { Deps } from "../deps.ts";
import { int32In, pageOf, pageSizeOf } from "../page.ts";

/** Implements tessera.auth.v1.OrganisationService.ListOrganisations. */
export function listOrganisations({
  store,
}: Deps): MethodImpl<typeof OrganisationService.method.listOrganisations> {
  return async (request) => {
    const after = int32In(readPageToken(ListOrganisationsRequestSchema, request) ?? "0");
    const most = pageSizeOf(request) + 1;
    const found = await store.organisations.list({ query: request.query, after, most });
    const { page: organisations, nextPageToken } = pageOf(
      ListOrganisationsRequestSchema,
      request,
      found,
      (it) => it.organisationId,
    );
    return { organisations, nextPageToken };
  };
}
