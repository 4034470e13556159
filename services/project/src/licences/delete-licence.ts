import { LicenceService } from "@tessera/contracts/tessera/project/v1/licence_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import { refuseOrdinary } from "../access/administrators-only.ts";
import type { Deps } from "../deps.ts";
import { licenceInUse, licenceNotFound } from "./refusals.ts";
import { deleteLicenceRow, isInUse, lockLicence } from "./store.ts";

/** Implements tessera.project.v1.LicenceService.DeleteLicence. */
export const deleteLicence = (deps: Deps) =>
  command(LicenceService.method.deleteLicence, async ({ licenceId }, attempt) => {
    await deps.store.replayIfDone(attempt);
    await attempt.once(() => refuseOrdinary(deps, attempt.context));
    return deps.store.write(attempt, async (tx) => {
      const licence = await lockLicence(tx, licenceId);
      if (licence === undefined) throw licenceNotFound(licenceId);
      if (await isInUse(tx, licenceId)) throw licenceInUse(licenceId);
      await deleteLicenceRow(tx, licenceId);
      return { name: `licences/${licenceId}`, revision: licence.revision + 1n };
    });
  });
