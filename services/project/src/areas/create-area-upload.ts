import { create } from "@bufbuild/protobuf";
import type { MethodImpl } from "@connectrpc/connect";
import {
  AreaService,
  CreateAreaUploadRequestSchema,
} from "@tessera/contracts/tessera/project/v1/area_service_pb.ts";
import { vertexCount } from "@tessera/geometry/areas/measure.ts";
import { QueueFull } from "@tessera/geometry/work/fair-queue.ts";
import { command, Overtaken } from "@tessera/postgres/command.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { fileOf } from "../area-files/file-handle.ts";
import type { AreaFileReader } from "../area-files/read-area-file.ts";
import type { Deps } from "../deps.ts";
import { toFault } from "./area-upload.ts";
import { type ReceivedFile, receiveFile } from "./receive-file.ts";
import { tooManyAreaUploads, uploadsOverloaded } from "./refusals.ts";
import { insertUpload, type NewUpload } from "./store.ts";
import type { AreaWork } from "./survey-area.ts";

/** Maximum number of files that one person sends at once, so that nobody keeps all others out. */
const PERSON_AT_ONCE_MAX = 4;

/** Implements tessera.project.v1.AreaService.CreateAreaUpload. */
export function createAreaUpload(deps: Deps): MethodImpl<typeof AreaService.method.createAreaUpload> {
  const { areaFiles } = deps;
  const admitted = admission(areaFiles.atOnceMax);
  return (messages, context) =>
    admitted(callerOf(context).userId, async () => {
      const file = await receiveFile(messages, areaFiles.bytesMax, context.signal);
      try {
        const { requestId, fileName, mediaType, sha256 } = file;
        // The digest stands for the file: another file under the same request id is another request.
        const request = create(CreateAreaUploadRequestSchema, {
          requestId,
          fileName,
          mediaType,
          chunk: sha256,
        });
        return await keepUpload(deps, file)(request, context);
      } finally {
        await file.handle.close();
      }
    });
}

const keepUpload = ({ store, areaFiles }: Deps, file: ReceivedFile) =>
  command(AreaService.method.createAreaUpload, async (_, attempt) => {
    const { userId } = attempt.caller;
    const { reader, perPersonMax: most } = areaFiles;
    // In this order: if a copy of this request takes the last place in between, it is found among the remembered.
    const { count, oldestMs } = await store.areaUploads.count(userId);
    await store.replayIfDone(attempt);
    if (count >= most) throw tooManyAreaUploads(most, oldestMs);
    const upload = await attempt.once(() =>
      read(file, reader, { signal: attempt.context.signal, caller: userId }),
    );
    return store.write(attempt, async (tx, now) => {
      const areaUploadId = await insertUpload(tx, userId, upload, { now, most });
      if (areaUploadId === undefined) throw new Overtaken();
      return { name: `area-uploads/${areaUploadId}`, revision: 1n };
    });
  });

/** Lets at most `most` uploads run at once. Refuses OVERLOADED. */
function admission(most: number) {
  const byPerson = new Map<bigint, number>();
  let all = 0;
  return async <T>(userId: bigint, work: () => Promise<T>): Promise<T> => {
    const own = byPerson.get(userId) ?? 0;
    if (all >= most || own >= PERSON_AT_ONCE_MAX) throw uploadsOverloaded();
    all += 1;
    byPerson.set(userId, own + 1);
    try {
      return await work();
    } finally {
      all -= 1;
      const left = (byPerson.get(userId) ?? 1) - 1;
      if (left === 0) byPerson.delete(userId);
      else byPerson.set(userId, left);
    }
  };
}

/** Reads what was received. Refuses OVERLOADED. */
async function read(
  { handle, fileName, mediaType, sizeBytes, sha256 }: ReceivedFile,
  reader: AreaFileReader,
  { signal, caller }: AreaWork,
): Promise<NewUpload> {
  const reading = reader.read(fileOf(handle.fd), String(caller), signal);
  const found = await reading.catch((error: unknown) => {
    throw error instanceof QueueFull ? uploadsOverloaded() : error;
  });
  const { area, survey, faults, format, notes } = found;
  return {
    fileName,
    mediaType,
    sizeBytes: BigInt(sizeBytes),
    sha256: sha256.toString("hex"),
    format,
    polygonCount: area.polygonLengths.length,
    ringCount: area.ringLengths.length,
    vertexCount: vertexCount(area),
    faults: faults.map(toFault),
    notes,
    area: survey && area,
    ...(survey && { areaSquareKilometres: survey.areaSquareKilometres }),
    boundingBox: survey && { $typeName: "tessera.geo.v1.BoundingBox", ...survey.boundingBox },
    centroid: survey && { $typeName: "tessera.geo.v1.Point", ...survey.centroid },
    countries: survey?.countries ?? [],
  };
}
