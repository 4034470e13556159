import type { MethodImpl } from "@connectrpc/connect";
import type { LicenceService } from "@tessera/contracts/tessera/project/v1/licence_service_pb.ts";
import type { Deps } from "../deps.ts";
import { licenceNotFound } from "./refusals.ts";

/** Implements tessera.project.v1.LicenceService.GetLicence. */
export function getLicence({ store }: Deps): MethodImpl<typeof LicenceService.method.getLicence> {
  return async ({ licenceId }) => {
    const licence = await store.licences.find(licenceId);
    if (licence === undefined) throw licenceNotFound(licenceId);
    return { licence };
  };
}
