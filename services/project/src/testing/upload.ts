import { randomUUID } from "node:crypto";
import type { Client } from "@connectrpc/connect";
import type { AreaService } from "@tessera/contracts/tessera/project/v1/area_service_pb.ts";
import type { AreaUpload } from "@tessera/contracts/tessera/project/v1/area_upload_pb.ts";

/** A message of the contract holds so much of a file. */
export const CHUNK_BYTES = 256 * 1024;

type Headers = { headers: Record<string, string> };

/** Uploads a file in chunks; returns its id. */
export async function upload(
  areas: Client<typeof AreaService>,
  content: string | Uint8Array,
  options: Headers,
  { requestId = randomUUID(), fileName = "area", chunkBytes = CHUNK_BYTES } = {},
): Promise<{ areaUploadId: bigint; replayed: boolean }> {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  async function* messages() {
    yield { requestId, fileName, chunk: bytes.subarray(0, chunkBytes) };
    for (let at = chunkBytes; at < bytes.length; at += chunkBytes) {
      yield { chunk: bytes.subarray(at, at + chunkBytes) };
    }
  }
  const { acknowledgement } = await areas.createAreaUpload(messages(), options);
  const areaUploadId = BigInt(acknowledgement?.name.replace("area-uploads/", "") ?? 0);
  return { areaUploadId, replayed: acknowledgement?.replayed === true };
}

/** Uploads a file and returns what was found. */
export async function found(
  areas: Client<typeof AreaService>,
  content: string | Uint8Array,
  options: Headers,
): Promise<AreaUpload> {
  const { areaUploadId } = await upload(areas, content, options);
  const { areaUpload } = await areas.getAreaUpload({ areaUploadId }, options);
  return areaUpload as AreaUpload;
}
