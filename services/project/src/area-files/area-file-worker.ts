import type { AreaFormat } from "@tessera/contracts/tessera/project/v1/area_upload_pb.ts";
import { type PackedAreas, packAreas } from "@tessera/geometry/areas/packed-areas.ts";
import { measureArea, type Survey } from "../survey/measure-area.ts";
import { FileFault, type FoundFault } from "./file-fault.ts";
import { type AreaFileLimits, foundFault, memoryFound, type Note } from "./file-reading.ts";
import { readFile } from "./read-file.ts";
import type { OpenFile } from "./read-range.ts";

/** What the process that started this one sends: a file to read, and the parts of it that are asked for. */
export type ToWorker = { sizeBytes: number; limits: AreaFileLimits } | { bytes: Uint8Array };

/** What this process sends: which part of the file it needs, and in the end one answer, or the text of a bug. */
export type FromWorker = { position: number; length: number } | { answer: AreaFileAnswer } | { bug: string };

/** What was found in a file. */
export interface AreaFileAnswer {
  format: AreaFormat;
  /** What could be read, sound or not. */
  area: PackedAreas;
  /** Absent where there are faults. */
  survey: Survey | undefined;
  faults: FoundFault[];
  notes: Note[];
}

/** How many bytes are asked for at once: archives are read in parts of a few bytes. */
const BLOCK_BYTES = 256 * 1024;

let arrived: (bytes: Uint8Array) => void = () => {};

process.on("message", (message: ToWorker) => {
  if ("bytes" in message) arrived(message.bytes);
  else void work(message.sizeBytes, message.limits);
});
// The process that started this one has ended.
process.on("disconnect", () => process.exit());

async function work(sizeBytes: number, limits: AreaFileLimits): Promise<void> {
  try {
    send({ answer: await answerFor(sizeBytes, limits) });
  } catch (error) {
    // A string, a map or a buffer would have become larger than one can be.
    if (error instanceof RangeError) send({ answer: tooLarge(limits) });
    else send({ bug: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}

async function answerFor(sizeBytes: number, limits: AreaFileLimits): Promise<AreaFileAnswer> {
  const { format, reading, faults } = await readFile(remoteFile(sizeBytes), limits);
  const survey = faults.length === 0 ? measureArea(reading.area) : undefined;
  const tooLarge = survey && survey.areaSquareKilometres > limits.squareKilometres;
  if (tooLarge) {
    const size = Math.ceil(survey.areaSquareKilometres);
    const { rule, description, path } = foundFault(new FileFault("area-too-large"));
    const numbers = `It has ${size} km², and ${limits.squareKilometres} km² are taken.`;
    faults.push({ rule, description: `${description} ${numbers}`, path });
  }
  return {
    format,
    area: packAreas([reading.area]),
    survey: tooLarge ? undefined : survey,
    faults,
    notes: [...reading.notes].sort(),
  };
}

/** The file that the other process has open, read in blocks of which the last is kept. */
function remoteFile(sizeBytes: number): OpenFile {
  let block: Uint8Array = new Uint8Array();
  let start = 0;
  return {
    sizeBytes,
    async read(position, length) {
      if (position < start || position >= start + block.length) {
        const { promise, resolve } = Promise.withResolvers<Uint8Array>();
        arrived = resolve;
        send({ position, length: BLOCK_BYTES });
        block = await promise;
        start = position;
      }
      return block.subarray(position - start, position - start + length);
    },
  };
}

function tooLarge(limits: AreaFileLimits): AreaFileAnswer {
  const faults = [foundFault(new FileFault("memory-exhausted", "", memoryFound(limits)))];
  return { format: 0, area: packAreas([]), survey: undefined, faults, notes: [] };
}

function send(message: FromWorker): void {
  // Without the other process nobody reads the answer, and this one ends.
  process.send?.(message, undefined, undefined, () => {});
}
