import type { Viewers } from "./access/viewers.ts";
import type { AreaFileReader } from "./area-files/read-area-file.ts";
import type { AreaLimits } from "./areas/survey-area.ts";
import type { Directory } from "./directory.ts";
import type { Names } from "./names.ts";
import type { Store } from "./open-store.ts";

/** What is taken of uploads. */
export interface AreaFiles {
  reader: AreaFileReader;
  /** How large a file may be. */
  bytesMax: number;
  /** How many one person may have. */
  perPersonMax: number;
  /** How many this process receives and reads at once. */
  atOnceMax: number;
}

/** What the handlers work with; made once, in start.ts. */
export interface Deps {
  store: Store;
  viewers: Viewers;
  directory: Directory;
  names: Names;
  areaLimits: AreaLimits;
  areaFiles: AreaFiles;
  /** How long a stream lasts at most. */
  streamMaxMs: number;
  /** Aborts when this process stops: streams end. */
  stopping: AbortSignal;
}
