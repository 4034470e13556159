import type { MethodImpl } from "@connectrpc/connect";
import type { LicenceService } from "@tessera/contracts/tessera/project/v1/licence_service_pb.ts";
import type { Deps } from "../deps.ts";

/** Implements tessera.project.v1.LicenceService.BatchGetLicences. */
export function batchGetLicences({ store }: Deps): MethodImpl<typeof LicenceService.method.batchGetLicences> {
  return async ({ licenceIds }) => {
    const licences = await store.licences.findMany(licenceIds);
    const found = new Set(licences.map(({ licenceId }) => licenceId));
    return { licences, missingLicenceIds: licenceIds.filter((it) => !found.has(it)) };
  };
}
