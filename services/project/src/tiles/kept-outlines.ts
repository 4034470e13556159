import { type Shapes, shapesOf } from "@tessera/geometry/tiles/shapes.ts";
import { LRUCache } from "lru-cache";
import type { Store } from "../open-store.ts";
import type { MappedProject } from "./tile-store.ts";

/** Outlines are kept up to this size together. */
const KEPT_OUTLINES_BYTES = 64 * 1024 * 1024;
/** How many outlines are read and prepared at once. */
const READ_AT_ONCE = 20;

/** The outlines of projects as maps need them. */
export interface KeptOutlines {
  /** The outlines of projects, by number; of one that is gone meanwhile there is none. */
  of(projects: readonly MappedProject[]): Promise<Map<number, Shapes>>;
}

/** Keeps outlines in memory, those that were drawn last: they are read again once their project has changed. */
export function keptOutlines(tiles: Store["tiles"]): KeptOutlines {
  const kept = new LRUCache<string, Shapes>({
    maxSize: KEPT_OUTLINES_BYTES,
    sizeCalculation: ({ bytes }) => bytes,
  });
  const keyOf = ({ projectId, revision }: Pick<MappedProject, "projectId" | "revision">) =>
    `${projectId}/${revision}`;
  return {
    of: async (projects) => {
      const found = new Map<number, Shapes>();
      const missing: number[] = [];
      for (const project of projects) {
        const shapes = kept.get(keyOf(project));
        if (shapes === undefined) missing.push(project.projectId);
        else found.set(project.projectId, shapes);
      }
      for (let at = 0; at < missing.length; at += READ_AT_ONCE) {
        for (const outline of await tiles.outlines(missing.slice(at, at + READ_AT_ONCE))) {
          const shapes = shapesOf([outline.area]);
          kept.set(keyOf(outline), shapes);
          found.set(outline.projectId, shapes);
        }
      }
      return found;
    },
  };
}
