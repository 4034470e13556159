import type { MethodImpl } from "@connectrpc/connect";
import type { OrganisationService } from "@tessera/contracts/tessera/auth/v1/organisation_service_pb.ts";
import type { Deps } from "../deps.ts";

/** Implements tessera.auth.v1.OrganisationService.BatchGetOrganisations. */
export function batchGetOrganisations({
  store,
}: Deps): MethodImpl<typeof OrganisationService.method.batchGetOrganisations> {
  return async ({ organisationIds }) => {
    const organisations = await store.organisations.findMany(organisationIds);
    const found = new Set(organisations.map(({ organisationId }) => organisationId));
    return { organisations, missingOrganisationIds: organisationIds.filter((it) => !found.has(it)) };
  };
}
