import { create } from "@bufbuild/protobuf";
import type { MethodImpl } from "@connectrpc/connect";
import {
  AreaService,
  UploadAreaRequestSchema,
} from "@tessera/contracts/tessera/project/v1/area_service_pb.ts";
import { vertexCount } from "@tessera/geometry/areas/measure.ts";
import { NoTurn } from "@tessera/geometry/work/fair-turns.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { fileOf } from "../area-files/file-handle.ts";
import type { Deps } from "../deps.ts";
import { toFault } from "./area-upload.ts";
import { type ReceivedFile, receiveFile } from "./receive-file.ts";
import { tooManyAreaUploads, uploadsOverloaded } from "./refusals.ts";
import { insertUpload, type NewUpload } from "./store.ts";
import type { AreaWork } from "./survey-area.ts";

/** How many one person may send at once, so that nobody keeps all others out. */
const PERSON_AT_ONCE_MAX = 4;

/** Implements tessera.project.v1.AreaService.UploadArea. */
export function uploadArea(deps: Deps): MethodImpl<typeof AreaService.method.uploadArea> {
  const { store, areaFiles } = deps;
  const underWay = new Map<bigint, number>();
  let all = 0;
  return async (messages, context) => {
    const { userId } = callerOf(context);
    const own = underWay.get(userId) ?? 0;
    if (all >= areaFiles.atOnceMax || own >= PERSON_AT_ONCE_MAX) throw uploadsOverloaded();
    all += 1;
    underWay.set(userId, own + 1);
    let file: ReceivedFile | undefined;
    try {
      const received = await receiveFile(messages, areaFiles.bytesMax, context.signal);
      file = received;
      const { requestId, fileName, mediaType, sha256 } = received;
      return await store.command({
        method: AreaService.method.uploadArea,
        // What is remembered of the file is its digest, so that the same request is told from one with another file.
        request: create(UploadAreaRequestSchema, { requestId, fileName, mediaType, chunk: sha256 }),
        context,
        ask: async () => {
          const { perPersonMax } = areaFiles;
          const { count, oldestMs } = await store.areaUploads.count(userId);
          if (count >= perPersonMax) throw tooManyAreaUploads(perPersonMax, oldestMs);
          return uploadOf(deps, received, { signal: context.signal, caller: userId });
        },
        work: async (tx, now, upload) => {
          const places = { now, placesMax: areaFiles.perPersonMax };
          const areaUploadId = await insertUpload(tx, userId, upload, places);
          return { name: `area-uploads/${areaUploadId}`, revision: 1n };
        },
      });
    } finally {
      all -= 1;
      const left = (underWay.get(userId) ?? 1) - 1;
      if (left === 0) underWay.delete(userId);
      else underWay.set(userId, left);
      await file?.handle.close();
    }
  };
}

/** Reads what was received. */
async function uploadOf(
  { areaFiles }: Deps,
  { handle, fileName, mediaType, sizeBytes, sha256 }: ReceivedFile,
  { signal, caller }: AreaWork,
): Promise<NewUpload> {
  const read = areaFiles.reader.read(fileOf(handle.fd), String(caller), signal);
  const found = await read.catch((error: unknown) => {
    throw error instanceof NoTurn ? uploadsOverloaded() : error;
  });
  const { area, survey, faults, format, notes } = found;
  return {
    fileName,
    mediaType,
    sizeBytes: BigInt(sizeBytes),
    sha256: sha256.toString("hex"),
    format,
    polygons: area.polygonLengths.length,
    rings: area.ringLengths.length,
    vertices: vertexCount(area),
    faults: faults.map(toFault),
    notes,
    area: survey && area,
    areaSquareKilometres: survey?.areaSquareKilometres ?? 0,
    boundingBox: survey && { $typeName: "tessera.geo.v1.BoundingBox", ...survey.boundingBox },
    centroid: survey && { $typeName: "tessera.geo.v1.Point", ...survey.centroid },
    countries: survey?.countries ?? [],
  };
}
