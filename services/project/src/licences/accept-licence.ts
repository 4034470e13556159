import type { MethodImpl } from "@connectrpc/connect";
import { LicenceService } from "@tessera/contracts/tessera/project/v1/licence_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import { licenceNotFound } from "../projects/life-refusals.ts";
import { insertAcceptance } from "./store.ts";

/** Implements tessera.project.v1.LicenceService.AcceptLicence. */
export function acceptLicence({ store }: Deps): MethodImpl<typeof LicenceService.method.acceptLicence> {
  return (request, context) => {
    const { licenceId } = request;
    const { userId } = callerOf(context);
    return store.command({
      method: LicenceService.method.acceptLicence,
      request,
      context,
      work: async (tx, now) => {
        const created = await insertAcceptance(tx, licenceId, userId, now);
        if (created === undefined) throw licenceNotFound(licenceId);
        return { name: `licences/${licenceId}/acceptance`, revision: 1n, response: { created } };
      },
    });
  };
}
