import { create } from "@bufbuild/protobuf";
import { type MultiPolygon, MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { AreaFormat } from "@tessera/contracts/tessera/project/v1/area_upload_pb.ts";
import { unpackAreas } from "@tessera/geometry/packed-areas.ts";
import { workInTurn } from "@tessera/geometry/work-in-turn.ts";
import type { AreaFileAnswer, AreaFileJob } from "./area-file-worker.ts";
import { FileFault, type FoundFault } from "./file-fault.ts";
import { type AreaFileLimits, foundFault, type Note } from "./file-reading.ts";

/** What was found in a file. */
export interface FoundArea {
  format: AreaFormat;
  /** What could be read; sound if there are no faults. */
  area: MultiPolygon;
  faults: FoundFault[];
  notes: Note[];
}

/** The part of its memory that a thread has for what lives shortly, in mebibytes. */
const YOUNG_MEBIBYTES = 32;

/**
 * Reads the area in an open file, in a thread of its own with a limit on its time and its memory.
 *
 * @throws GeometryTimeout
 */
export async function readAreaFile(
  fd: number,
  limits: AreaFileLimits,
  signal: AbortSignal,
): Promise<FoundArea> {
  const job: AreaFileJob = { fd, limits };
  const module = new URL("./area-file-worker.ts", import.meta.url);
  const resourceLimits = {
    maxOldGenerationSizeMb: limits.memoryMebibytes,
    maxYoungGenerationSizeMb: YOUNG_MEBIBYTES,
  };
  try {
    const { area, ...found } = await workInTurn<AreaFileAnswer>(
      { module, data: job, resourceLimits },
      { signal, limitMs: limits.milliseconds },
    );
    return { ...found, area: unpackAreas(area).next().value as MultiPolygon };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_WORKER_OUT_OF_MEMORY") throw error;
    const faults = [foundFault(new FileFault("memory-exhausted"))];
    return { format: AreaFormat.UNSPECIFIED, area: create(MultiPolygonSchema), faults, notes: [] };
  }
}
