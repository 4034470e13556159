import type { ServiceImpl } from "@connectrpc/connect";
import type { LicenceService } from "@tessera/contracts/tessera/project/v1/licence_service_pb.ts";
import type { Deps } from "../deps.ts";
import { acceptLicence } from "./accept-licence.ts";
import { batchGetLicences } from "./batch-get-licences.ts";
import { createLicence } from "./create-licence.ts";
import { deleteLicence } from "./delete-licence.ts";
import { getLicence } from "./get-licence.ts";
import { getLicenceAcceptance } from "./get-licence-acceptance.ts";
import { listLicences } from "./list-licences.ts";
import { updateLicence } from "./update-licence.ts";

/** Implements tessera.project.v1.LicenceService. */
export function licenceService(deps: Deps): ServiceImpl<typeof LicenceService> {
  return {
    createLicence: createLicence(deps),
    getLicence: getLicence(deps),
    batchGetLicences: batchGetLicences(deps),
    listLicences: listLicences(deps),
    updateLicence: updateLicence(deps),
    deleteLicence: deleteLicence(deps),
    acceptLicence: acceptLicence(deps),
    getLicenceAcceptance: getLicenceAcceptance(deps),
  };
}
