import { areaFileReader } from "../area-files/read-area-file.ts";
import type { ProjectConfig } from "../config.ts";
import type { AreaFiles } from "../deps.ts";

/** What uploads are taken with, as the environment says. */
export function areaFilesOf(config: ProjectConfig): AreaFiles {
  return {
    reader: areaFileReader({
      bytes: config.AREA_FILE_LIMIT_BYTES,
      entries: config.AREA_FILE_LIMIT_ENTRIES,
      inflatedBytes: config.AREA_FILE_LIMIT_INFLATED_BYTES,
      inflationRatio: config.AREA_FILE_LIMIT_INFLATION_RATIO,
      depth: config.AREA_FILE_LIMIT_DEPTH,
      vertices: config.AREA_LIMIT_VERTICES,
      squareKilometres: config.AREA_LIMIT_SQUARE_KILOMETRES,
      rings: config.AREA_LIMIT_RINGS,
      memoryMebibytes: config.AREA_FILE_MEMORY_MEBIBYTES,
      milliseconds: config.AREA_FILE_READ_MILLISECONDS,
    }),
    bytesMax: config.AREA_FILE_LIMIT_BYTES,
    perPersonMax: config.AREA_UPLOADS_PER_PERSON,
    atOnceMax: config.AREA_UPLOADS_AT_ONCE,
  };
}
