import { type Shapes, shapesOf } from "@tessera/geometry/tiles/shapes.ts";
import { LRUCache } from "lru-cache";
import type { Store } from "../open-store.ts";
import type { MappedProject } from "./tile-store.ts";

/** Outlines are kept up to this size together. */
const KEPT_OUTLINES_BYTES = 64 * 1024 * 1024;
/** About the most of them in one tile: drawing that takes some 0.1 s. */
const OUTLINES_BYTES_MAX = 16 * 1024 * 1024;
/** How many outlines are read and prepared at once. */
const READ_AT_ONCE = 20;

/** The outlines of projects as maps need them. */
export interface KeptOutlines {
  /**
   * The outlines of projects, by number, up to OUTLINES_BYTES_MAX together: those of the last projects. Of one that is gone
   * meanwhile there is none.
   */
  of(projects: readonly MappedProject[]): Promise<Map<number, Shapes>>;
}

/** Keeps outlines in memory, those that were drawn last: they are read again once their project has changed. */
export function keptOutlines(tiles: Pick<Store["tiles"], "outlines">): KeptOutlines {
  const kept = new LRUCache<string, Shapes>({
    maxSize: KEPT_OUTLINES_BYTES,
    sizeCalculation: ({ bytes }) => bytes,
  });
  const keyOf = ({ projectId, revision }: Pick<MappedProject, "projectId" | "revision">) =>
    `${projectId}/${revision}`;
  return {
    of: async (projects) => {
      const found = new Map<number, Shapes>();
      let bytes = 0;
      const take = (projectId: number, shapes: Shapes) => {
        found.set(projectId, shapes);
        bytes += shapes.bytes;
      };
      for (let end = projects.length; end > 0 && bytes < OUTLINES_BYTES_MAX; end -= READ_AT_ONCE) {
        const missing: number[] = [];
        for (const project of projects.slice(Math.max(0, end - READ_AT_ONCE), end)) {
          const shapes = kept.get(keyOf(project));
          if (shapes === undefined) missing.push(project.projectId);
          else take(project.projectId, shapes);
        }
        for (const outline of await tiles.outlines(missing)) {
          const shapes = shapesOf([outline.area]);
          kept.set(keyOf(outline), shapes);
          take(outline.projectId, shapes);
        }
      }
      return found;
    },
  };
}
