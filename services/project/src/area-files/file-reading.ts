import { create } from "@bufbuild/protobuf";
import { MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import type { AreaReading, RingSource } from "@tessera/geometry/areas/area-reading.ts";
import { GeometryFault } from "@tessera/geometry/areas/geometry-fault.ts";
import { FileFault, type FoundFault } from "./file-fault.ts";

/** The most reported faults of a file; then reading stops. */
export const FAULTS_MAX = 20;

/**
 * How many positions are read for each vertex and ring that is taken. Beyond a few, the faults of the rings are
 * reported before their number.
 */
const POSITIONS_PER_VERTEX = 2;

/** What is taken of a file. */
export interface AreaFileLimits {
  /** Of the file itself. */
  bytes: number;
  /** Files in an archive. */
  entries: number;
  /** What is read of an archive, inflated. */
  inflatedBytes: number;
  /** How many times its size an entry may inflate to, once it is larger than a mebibyte. */
  inflationRatio: number;
  vertices: number;
  rings: number;
  squareKilometres: number;
  /** How deep XML may be nested. */
  depth: number;
  /** What a file may take to read, in mebibytes. */
  memoryMebibytes: number;
  /** How long a file may take to read, in milliseconds, and how long it may wait in the queue. */
  milliseconds: number;
}

/** What was changed in reading. */
export type Note =
  | "heights-dropped"
  | "measures-dropped"
  | "rings-turned"
  | "reprojected"
  | "polygons-joined"
  | "other-files-not-read";

/** A file that is being read. */
export interface FileReading extends AreaReading {
  sources: RingSource[];
  limits: AreaFileLimits;
  faults: FoundFault[];
  notes: Set<Note>;
  /** Counts positions as they are read, before they are held. Refuses with too-many-vertices. */
  countPositions: (count: number) => void;
  report: (fault: GeometryFault | FileFault) => void;
}

/** The limit of reported faults is reached. */
export class EnoughFaults extends Error {}

/** Begins to read a file. */
export function beginReading(limits: AreaFileLimits): FileReading {
  const area = create(MultiPolygonSchema);
  const faults: FoundFault[] = [];
  const notes = new Set<Note>();
  let vertices = 0;
  let rings = 0;
  let positionsLeft = POSITIONS_PER_VERTEX * (limits.vertices + limits.rings);
  return {
    area,
    sources: [],
    limits,
    faults,
    notes,
    countPositions(count) {
      positionsLeft -= count;
      if (positionsLeft < 0) throw tooMany("too-many-vertices", limits.vertices);
    },
    report(fault) {
      faults.push(foundFault(fault));
      if (faults.length >= FAULTS_MAX) throw new EnoughFaults();
    },
    beforeRing(positions) {
      vertices += Math.max(0, positions - 1);
      rings += 1;
      if (vertices > limits.vertices) throw tooMany("too-many-vertices", limits.vertices);
      if (rings > limits.rings) throw tooMany("too-many-rings", limits.rings);
    },
    onHeight: () => void notes.add("heights-dropped"),
  };
}

function tooMany(rule: "too-many-vertices" | "too-many-rings", limit: number): FileFault {
  return new FileFault(rule, "", `more than ${limit}`);
}

/** What is said of a file that takes too much memory. */
export function memoryFound({ memoryMebibytes }: AreaFileLimits): string {
  return `more than ${memoryMebibytes} MiB`;
}

/** A fault as plain data. */
export function foundFault(fault: GeometryFault | FileFault): FoundFault {
  const { rule, message, path } = fault;
  const point = fault instanceof GeometryFault ? fault.point : undefined;
  return { rule, description: message, path, ...(point && { point }) };
}
