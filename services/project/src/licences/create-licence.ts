import type { MethodImpl } from "@connectrpc/connect";
import type { Licence } from "@tessera/contracts/tessera/project/v1/licence_pb.ts";
import { LicenceService } from "@tessera/contracts/tessera/project/v1/licence_service_pb.ts";
import { refuseOrdinary } from "../access/administrators-only.ts";
import type { Deps } from "../deps.ts";
import { licenceNameTaken } from "../projects/life-refusals.ts";
import { newLicence } from "./licence.ts";
import { insertLicence, isNameTaken, lockLicenceNames } from "./store.ts";

/** Implements tessera.project.v1.LicenceService.CreateLicence. */
export function createLicence(deps: Deps): MethodImpl<typeof LicenceService.method.createLicence> {
  return (request, context) => {
    // The contract requires a licence.
    const settings = newLicence(request.licence as Licence);
    return deps.store.command({
      method: LicenceService.method.createLicence,
      request,
      context,
      ask: () => refuseOrdinary(deps, context),
      work: async (tx, now) => {
        await lockLicenceNames(tx);
        if (await isNameTaken(tx, settings.name)) throw licenceNameTaken(settings.name);
        return { name: `licences/${await insertLicence(tx, settings, now)}`, revision: 1n };
      },
    });
  };
}
