import type { Licence } from "@tessera/contracts/tessera/project/v1/licence_pb.ts";
import { LicenceService } from "@tessera/contracts/tessera/project/v1/licence_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import { refuseOrdinary } from "../access/administrators-only.ts";
import type { Deps } from "../deps.ts";
import { changeLicence, readLicencePatch } from "./licence.ts";
import { licenceNameTaken, licenceNotFound } from "./refusals.ts";
import { isNameTaken, lockLicence, lockLicenceNames, updateLicenceRow } from "./store.ts";

/** Implements tessera.project.v1.LicenceService.UpdateLicence. */
export const updateLicence = (deps: Deps) =>
  command(LicenceService.method.updateLicence, async (request, attempt) => {
    // The contract requires a licence.
    const { licenceId } = request.licence as Licence;
    const patch = readLicencePatch(request.licence as Licence, request.updateMask?.paths ?? []);
    await deps.store.replayIfDone(attempt);
    await attempt.once(() => refuseOrdinary(deps, attempt.context));
    return deps.store.write(attempt, async (tx, now) => {
      if (patch.name !== undefined) await lockLicenceNames(tx);
      const licence = await lockLicence(tx, licenceId);
      if (licence === undefined) throw licenceNotFound(licenceId);
      const settings = changeLicence(licence, patch, request.expectedRevision);
      if (await isNameTaken(tx, settings.name, licenceId)) throw licenceNameTaken(settings.name);
      const revision = await updateLicenceRow(tx, licenceId, settings, now);
      return { name: `licences/${licenceId}`, revision };
    });
  });
