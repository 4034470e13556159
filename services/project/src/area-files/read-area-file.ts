import { create } from "@bufbuild/protobuf";
import { type MultiPolygon, MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { AreaFormat } from "@tessera/contracts/tessera/project/v1/area_upload_pb.ts";
import { unpackAreas } from "@tessera/geometry/areas/packed-areas.ts";
import { fairQueue, QueueFull } from "@tessera/geometry/work/fair-queue.ts";
import type { Survey } from "../survey/measure-area.ts";
import { FileFault, type FileRule, type FoundFault } from "./file-fault.ts";
import { type AreaFileLimits, foundFault, memoryFound, type Note } from "./file-reading.ts";
import type { OpenFile } from "./read-range.ts";
import { ReaderEnded, type ReaderProcess, startReader } from "./reader-process.ts";

/** What was found in a file. */
export interface FoundArea {
  format: AreaFormat;
  /** What could be read; sound if there are no faults. */
  area: MultiPolygon;
  /** Absent where there are faults. */
  survey: Survey | undefined;
  faults: FoundFault[];
  notes: Note[];
}

/** How many files are read at once, each in a process; one person has one of them at a time. */
const READERS = { atOnce: 2, atOncePerCaller: 1, waiting: 64, waitingPerCaller: 4 };
/** How many processes wait for the next file, and for how long; a process starts when a file needs it. */
const IDLE_MAX = 1;
const IDLE_MILLISECONDS = 60_000;
/** How many files one process reads before another takes its place. */
const FILES_PER_PROCESS = 200;

/** Reads files in processes of their own, each with a limit of memory and of time. */
export interface AreaFileReader {
  /**
   * Reads the area in a file. A file that takes too much memory or time has that as its fault.
   *
   * @throws QueueFull where too many files wait
   */
  read(file: OpenFile, caller: string, signal: AbortSignal): Promise<FoundArea>;
  /** Ends all processes. */
  stop(): void;
}

interface Kept {
  reader: ReaderProcess;
  files: number;
  timer?: NodeJS.Timeout;
}

/** Makes what reads files. No process is started before the first file. */
export function areaFileReader(limits: AreaFileLimits): AreaFileReader {
  const queue = fairQueue(READERS);
  const idle: Kept[] = [];
  const all = new Set<Kept>();

  const end = (kept: Kept) => {
    clearTimeout(kept.timer);
    all.delete(kept);
    if (idle.includes(kept)) idle.splice(idle.indexOf(kept), 1);
    kept.reader.end();
  };
  const take = (): Kept => {
    for (let kept = idle.pop(); kept; kept = idle.pop()) {
      clearTimeout(kept.timer);
      if (kept.reader.alive) return kept;
      end(kept);
    }
    const started = { reader: startReader(limits.memoryMebibytes), files: 0 };
    all.add(started);
    return started;
  };
  const putBack = (kept: Kept) => {
    kept.files += 1;
    if (!kept.reader.alive || idle.length >= IDLE_MAX || kept.files >= FILES_PER_PROCESS) return end(kept);
    idle.push(kept);
    kept.timer = setTimeout(() => end(kept), IDLE_MILLISECONDS).unref();
  };

  return {
    async read(file, caller, signal) {
      const release = await queuedWithin(limits.milliseconds, signal, (stop) => queue.take(caller, stop));
      const late = AbortSignal.timeout(limits.milliseconds);
      let kept: Kept | undefined;
      try {
        kept = take();
        const answer = await kept.reader.read(file, limits, AbortSignal.any([signal, late]));
        const area = unpackAreas(answer.area).next().value ?? create(MultiPolygonSchema);
        return { ...answer, area };
      } catch (error) {
        if (error instanceof ReaderEnded) return nothingBut("memory-exhausted", memoryFound(limits));
        if (late.aborted && error === late.reason)
          return nothingBut("time-exhausted", `more than ${limits.milliseconds / 1_000} s`);
        throw error;
      } finally {
        if (kept) putBack(kept);
        release();
      }
    },
    stop: () => [...all].forEach(end),
  };
}

/** Waits in the queue, as long as a file may take to read. */
async function queuedWithin<T>(
  limitMs: number,
  signal: AbortSignal,
  take: (stop: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = AbortSignal.timeout(limitMs);
  return take(AbortSignal.any([signal, late])).catch((error: unknown) => {
    throw late.aborted && error === late.reason ? new QueueFull() : error;
  });
}

function nothingBut(rule: FileRule, found: string): FoundArea {
  const faults = [foundFault(new FileFault(rule, "", found))];
  return {
    format: AreaFormat.UNSPECIFIED,
    area: create(MultiPolygonSchema),
    survey: undefined,
    faults,
    notes: [],
  };
}
