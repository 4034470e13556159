import type { MethodImpl } from "@connectrpc/connect";
import type { OrganisationService } from "@tessera/contracts/tessera/auth/v1/organisation_service_pb.ts";
import type { Deps } from "../deps.ts";
import { organisationManagerNotFound, organisationNotFound } from "./refusals.ts";

/** Implements tessera.auth.v1.OrganisationService.GetOrganisationManager. */
export function getOrganisationManager({
  store,
}: Deps): MethodImpl<typeof OrganisationService.method.getOrganisationManager> {
  return async ({ organisationId, userId }) => {
    const organisation = await store.organisations.find(organisationId);
    if (organisation === undefined) throw organisationNotFound(organisationId);
    const manager = await store.organisations.findManager(organisationId, userId);
    if (manager === undefined) throw organisationManagerNotFound(organisationId, userId);
    return { manager };
  };
}
