import type { MethodImpl } from "@connectrpc/connect";
import type { OrganisationService } from "@tessera/contracts/tessera/auth/v1/organisation_service_pb.ts";
import type { Deps } from "../deps.ts";
import { organisationNotFound } from "./refusals.ts";

/** Implements tessera.auth.v1.OrganisationService.GetOrganisation. */
export function getOrganisation({
  store,
}: Deps): MethodImpl<typeof OrganisationService.method.getOrganisation> {
  return async ({ organisationId }) => {
    const organisation = await store.organisations.find(organisationId);
    if (organisation === undefined) throw organisationNotFound(organisationId);
    return { organisation };
  };
}
