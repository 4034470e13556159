import type { Licence } from "@tessera/contracts/tessera/project/v1/licence_pb.ts";
import { LicenceService } from "@tessera/contracts/tessera/project/v1/licence_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import { refuseOrdinary } from "../access/administrators-only.ts";
import type { Deps } from "../deps.ts";
import { newLicence } from "./licence.ts";
import { licenceNameTaken } from "./refusals.ts";
import { insertLicence, isNameTaken, lockLicenceNames } from "./store.ts";

/** Implements tessera.project.v1.LicenceService.CreateLicence. */
export const createLicence = (deps: Deps) =>
  command(LicenceService.method.createLicence, async (request, attempt) => {
    // The contract requires a licence.
    const settings = newLicence(request.licence as Licence);
    await deps.store.replayIfDone(attempt);
    await attempt.once(() => refuseOrdinary(deps, attempt.context));
    return deps.store.write(attempt, async (tx, now) => {
      await lockLicenceNames(tx);
      if (await isNameTaken(tx, settings.name)) throw licenceNameTaken(settings.name);
      return { name: `licences/${await insertLicence(tx, settings, now)}`, revision: 1n };
    });
  });
