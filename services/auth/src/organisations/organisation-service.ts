import type { ServiceImpl } from "@connectrpc/connect";
import type { OrganisationService } from "@tessera/contracts/tessera/auth/v1/organisation_service_pb.ts";
import type { Deps } from "../deps.ts";
import { addOrganisationManager } from "./add-organisation-manager.ts";
import { batchGetOrganisations } from "./batch-get-organisations.ts";
import { createOrganisation } from "./create-organisation.ts";
import { deleteOrganisation } from "./delete-organisation.ts";
import { getOrganisation } from "./get-organisation.ts";
import { getOrganisationManager } from "./get-organisation-manager.ts";
import { listOrganisationManagers } from "./list-organisation-managers.ts";
import { listOrganisations } from "./list-organisations.ts";
import { removeOrganisationManager } from "./remove-organisation-manager.ts";
import { updateOrganisation } from "./update-organisation.ts";

/** Implements tessera.auth.v1.OrganisationService. */
export function organisationService(deps: Deps): ServiceImpl<typeof OrganisationService> {
  return {
    createOrganisation: createOrganisation(deps),
    getOrganisation: getOrganisation(deps),
    batchGetOrganisations: batchGetOrganisations(deps),
    listOrganisations: listOrganisations(deps),
    updateOrganisation: updateOrganisation(deps),
    deleteOrganisation: deleteOrganisation(deps),
    addOrganisationManager: addOrganisationManager(deps),
    getOrganisationManager: getOrganisationManager(deps),
    listOrganisationManagers: listOrganisationManagers(deps),
    removeOrganisationManager: removeOrganisationManager(deps),
  };
}
