import { GridEdge } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";

/** The ways to cut an area into tasks. */
export const WAYS = ["zoom", "count", "size", "areas"] as const;
export type Way = (typeof WAYS)[number];

/** What a cut is asked for with, as PreviewTasks and CreateTasks take it. */
export interface Cut {
  zoom?: number;
  edge?: GridEdge;
  taskCount?: number;
  sizeMetres?: number;
  /** Only ground that no task covers. */
  fill?: boolean;
}

/** Reads a cut from the fields of a form or an address. NaN is left for the contract to refuse. */
export function cutFrom(read: (name: string) => string | null | undefined): Cut {
  const numberOf = (name: string) => {
    const text = read(name)?.trim();
    return text ? wholeNumber(text) : undefined;
  };
  const [zoom, taskCount, sizeMetres] = [numberOf("zoom"), numberOf("task_count"), numberOf("size_metres")];
  const edge = read("edge") === "GRID_EDGE_WHOLE" ? GridEdge.WHOLE : GridEdge.CLIPPED;
  return {
    ...(zoom !== undefined && { zoom, edge }),
    ...(taskCount !== undefined && { taskCount }),
    ...(sizeMetres !== undefined && { sizeMetres }),
    ...(isFill(read) && { fill: true }),
  };
}

/** Whether a form or an address asks for tasks beside those that exist. */
export function isFill(read: (name: string) => string | null | undefined): boolean {
  return read("fill") === "true";
}

/** -1, which the contract refuses, for what is no whole number that fits. */
function wholeNumber(text: string): number {
  const value = Number(text);
  return Number.isInteger(value) && Math.abs(value) < 2 ** 31 ? value : -1;
}
