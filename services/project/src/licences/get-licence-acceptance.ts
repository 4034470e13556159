import type { MethodImpl } from "@connectrpc/connect";
import type { LicenceService } from "@tessera/contracts/tessera/project/v1/licence_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import { licenceAcceptanceNotFound } from "./refusals.ts";

/** Implements tessera.project.v1.LicenceService.GetLicenceAcceptance. */
export function getLicenceAcceptance({
  store,
}: Deps): MethodImpl<typeof LicenceService.method.getLicenceAcceptance> {
  return async ({ licenceId }, context) => {
    const acceptance = await store.licences.findAcceptance(licenceId, callerOf(context).userId);
    if (acceptance === undefined) throw licenceAcceptanceNotFound(licenceId);
    return { acceptance };
  };
}
