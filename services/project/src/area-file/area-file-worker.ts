import { parentPort, workerData } from "node:worker_threads";
import type { AreaFormat } from "@tessera/contracts/tessera/project/v1/area_upload_pb.ts";
import { memoryOfAreas, type PackedAreas, packAreas } from "@tessera/geometry/packed-areas.ts";
import type { FoundFault } from "./file-fault.ts";
import type { AreaFileLimits, Note } from "./file-reading.ts";
import { readFile } from "./read-file.ts";

/** What the worker is started for. */
export interface AreaFileJob {
  /** The file, open for reading: threads of a process share their files. */
  fd: number;
  limits: AreaFileLimits;
}

/** What it answers, once. */
export interface AreaFileAnswer {
  format: AreaFormat;
  /** What could be read, sound or not. */
  area: PackedAreas;
  faults: FoundFault[];
  notes: Note[];
}

const { fd, limits } = workerData as AreaFileJob;
const { format, reading, faults } = await readFile(fd, limits);
const answer: AreaFileAnswer = {
  format,
  area: packAreas([reading.area]),
  faults,
  notes: [...reading.notes].sort(),
};
parentPort?.postMessage(answer, memoryOfAreas(answer.area));
