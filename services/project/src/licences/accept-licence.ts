import { LicenceService } from "@tessera/contracts/tessera/project/v1/licence_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import type { Deps } from "../deps.ts";
import { licenceNotFound } from "./refusals.ts";
import { insertAcceptance } from "./store.ts";

/** Implements tessera.project.v1.LicenceService.AcceptLicence. */
export const acceptLicence = ({ store }: Deps) =>
  command(LicenceService.method.acceptLicence, async ({ licenceId }, attempt) => {
    await store.replayIfDone(attempt);
    return store.write(attempt, async (tx, now) => {
      const created = await insertAcceptance(tx, licenceId, attempt.caller.userId, now);
      if (created === undefined) throw licenceNotFound(licenceId);
      return { name: `licences/${licenceId}/acceptance`, revision: 1n, response: { created } };
    });
  });
