import type { MethodImpl } from "@connectrpc/connect";
import {
  ListOrganisationManagersRequestSchema,
  type OrganisationService,
} from "@tessera/contracts/tessera/auth/v1/organisation_service_pb.ts";
import { readPageToken } from "@tessera/rpc/page-token.ts";
import type { Deps } from "../deps.ts";
import { pageOf, pageSizeOf } from "../page.ts";
import { numberIn } from "../page-key.ts";
import { organisationNotFound } from "./refusals.ts";

/** Implements tessera.auth.v1.OrganisationService.ListOrganisationManagers. */
export function listOrganisationManagers({
  store,
}: Deps): MethodImpl<typeof OrganisationService.method.listOrganisationManagers> {
  return async (request) => {
    const { organisationId } = request;
    const after = numberIn(readPageToken(ListOrganisationManagersRequestSchema, request) ?? "0");
    const organisation = await store.organisations.find(organisationId);
    if (organisation === undefined) throw organisationNotFound(organisationId);
    const most = pageSizeOf(request) + 1;
    const found = await store.organisations.listManagers(organisationId, { after, most });
    const { page: managers, nextPageToken } = pageOf(
      ListOrganisationManagersRequestSchema,
      request,
      found,
      (it) => it.userId,
    );
    return { managers, nextPageToken };
  };
}
