import type { MethodImpl } from "@connectrpc/connect";
import {
  type AreaService,
  ListAreaUploadsRequestSchema,
} from "@tessera/contracts/tessera/project/v1/area_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { pageToken, pageTokenInvalid, readPageToken } from "@tessera/rpc/page-token.ts";
import { selectedNames } from "@tessera/rpc/validation/selected-fields.ts";
import type { Deps } from "../deps.ts";

const DEFAULT_PAGE_SIZE = 20;
const KEY = /^[1-9][0-9]{0,17}$/;

/** Implements tessera.project.v1.AreaService.ListAreaUploads. */
export function listAreaUploads({ store }: Deps): MethodImpl<typeof AreaService.method.listAreaUploads> {
  return async (request, context) => {
    const before = numberIn(readPageToken(ListAreaUploadsRequestSchema, request));
    const { areaUploads, more } = await store.areaUploads.list(callerOf(context).userId, {
      before,
      limit: request.pageSize || DEFAULT_PAGE_SIZE,
      fields: selectedNames(ListAreaUploadsRequestSchema, request) ?? new Set(),
    });
    const last = String(areaUploads.at(-1)?.areaUploadId);
    const nextPageToken = more ? pageToken(ListAreaUploadsRequestSchema, request, last) : "";
    return { areaUploads, nextPageToken };
  };
}

function numberIn(key: string | undefined): bigint {
  if (key === undefined) return 0n;
  if (!KEY.test(key)) throw pageTokenInvalid();
  return BigInt(key);
}
