import type { MethodImpl } from "@connectrpc/connect";
import { LicenceService } from "@tessera/contracts/tessera/project/v1/licence_service_pb.ts";
import { refuseOrdinary } from "../access/administrators-only.ts";
import type { Deps } from "../deps.ts";
import { licenceInUse, licenceNotFound } from "../projects/life-refusals.ts";
import { deleteLicenceRow, isInUse, lockLicence } from "./store.ts";

/** Implements tessera.project.v1.LicenceService.DeleteLicence. */
export function deleteLicence(deps: Deps): MethodImpl<typeof LicenceService.method.deleteLicence> {
  return (request, context) => {
    const { licenceId } = request;
    return deps.store.command({
      method: LicenceService.method.deleteLicence,
      request,
      context,
      ask: () => refuseOrdinary(deps, context),
      work: async (tx) => {
        const licence = await lockLicence(tx, licenceId);
        if (licence === undefined) throw licenceNotFound(licenceId);
        if (await isInUse(tx, licenceId)) throw licenceInUse(licenceId);
        await deleteLicenceRow(tx, licenceId);
        return { name: `licences/${licenceId}`, revision: licence.revision + 1n };
      },
    });
  };
}
