import { Reason, ReasonSchema } from "@tessera/contracts/tessera/project/v1/reason_pb.ts";
import {
  Reason as RpcReason,
  ReasonSchema as RpcReasonSchema,
} from "@tessera/contracts/tessera/rpc/v1/reason_pb.ts";
import { type Refusal, refusals } from "@tessera/rpc/refusal.ts";
import type { FoundFault } from "../area-files/file-fault.ts";

const refuse = refusals(ReasonSchema);
const refuseInWordsOfRpc = refusals(RpcReasonSchema);

/** When somebody who met too many uploads at once should come again, in milliseconds. */
const RETRY_MS = 2_000;
/** Trailers are small: of a long path its end is left away. */
const PATH_MAX_LENGTH = 120;

export function areaFileTooLarge(limitBytes: number): Refusal {
  return refuse(Reason.AREA_FILE_TOO_LARGE, {
    metadata: { limit_bytes: String(limitBytes) },
    detail: `The file is larger than ${limitBytes} bytes`,
  });
}

/** A place is free when the oldest upload is forgotten, or when the caller deletes one. */
export function tooManyAreaUploads(limit: number, retryAfterMs: number): Refusal {
  return refuse(Reason.TOO_MANY_AREA_UPLOADS, {
    metadata: { limit: String(limit) },
    retryAfterMs,
    detail: `You have ${limit} uploads. Delete one, or wait until the oldest is deleted`,
  });
}

/** There is no such upload, it was forgotten, or it is another's: the answer is the same. */
export function areaUploadNotFound(areaUploadId: bigint): Refusal {
  return refuse(Reason.AREA_UPLOAD_NOT_FOUND, { metadata: { area_upload_id: String(areaUploadId) } });
}

/** Areas wait for their check, or this one's check did not end in time. */
export function areasOverloaded(): Refusal {
  return refuseInWordsOfRpc(RpcReason.OVERLOADED, { retryAfterMs: RETRY_MS });
}

/** As many files are being uploaded as this process takes at once. */
export function uploadsOverloaded(): Refusal {
  return refuseInWordsOfRpc(RpcReason.OVERLOADED, { retryAfterMs: RETRY_MS });
}

/** All that is wrong with an area: the first fault in the metadata, each among the violations. */
export function areaFaulty(faults: readonly FoundFault[], field: string): Refusal {
  const [first] = faults;
  const { point } = first ?? {};
  return refuse(Reason.AREA_INVALID, {
    metadata: {
      rule: first?.rule ?? "",
      ...(point && { longitude: String(point.longitude), latitude: String(point.latitude) }),
    },
    violations: faults.map((it) => ({ field, description: sentenceOf(it), rule: it.rule })),
    ...(first && { detail: sentenceOf(first) }),
  });
}

function sentenceOf({ description, path, point }: FoundFault): string {
  const part = path.length > PATH_MAX_LENGTH ? `${path.slice(0, PATH_MAX_LENGTH)}…` : path;
  const at = point && `at ${point.longitude}, ${point.latitude}`;
  const where = [part, at].filter(Boolean).join(", ");
  return where === "" ? description : `${description} (${where})`;
}
