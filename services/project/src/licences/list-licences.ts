import type { MethodImpl } from "@connectrpc/connect";
import {
  type LicenceService,
  ListLicencesRequestSchema,
} from "@tessera/contracts/tessera/project/v1/licence_service_pb.ts";
import { pageToken, pageTokenInvalid, readPageToken } from "@tessera/rpc/page-token.ts";
import { selectedNames } from "@tessera/rpc/validation/selected-fields.ts";
import type { Deps } from "../deps.ts";

const DEFAULT_PAGE_SIZE = 20;
/** No licence has a greater number. */
const LAST_ID = 2 ** 31 - 1;

/** Implements tessera.project.v1.LicenceService.ListLicences. */
export function listLicences({ store }: Deps): MethodImpl<typeof LicenceService.method.listLicences> {
  return async (request) => {
    const pageSize = request.pageSize || DEFAULT_PAGE_SIZE;
    const after = Number(readPageToken(ListLicencesRequestSchema, request) ?? 0);
    if (!(Number.isInteger(after) && after >= 0 && after <= LAST_ID)) throw pageTokenInvalid();
    // One row more than the page shows whether another page follows.
    const chosen = selectedNames(ListLicencesRequestSchema, request);
    const withTexts = (chosen?.has("description") || chosen?.has("plain_text")) ?? false;
    const found = await store.licences.list({ after, most: pageSize + 1, withTexts });
    const licences = found.slice(0, pageSize);
    const last = licences.at(-1);
    const more = last !== undefined && found.length > pageSize;
    const nextPageToken = more ? pageToken(ListLicencesRequestSchema, request, String(last.licenceId)) : "";
    return { licences, nextPageToken };
  };
}
