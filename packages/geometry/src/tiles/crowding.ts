import { WORLD_UNITS } from "./mercator.ts";
import type { Shapes } from "./shapes.ts";

/** How many shapes have their middle in each tile of a zoom; added to what was counted before. */
export function countByTile({ boxes, count }: Shapes, zoom: number, counted: Map<number, number>): void {
  const across = 2 ** zoom;
  const size = WORLD_UNITS / across;
  for (let place = 0; place < count; place++) {
    const at = 4 * place;
    const x = Math.floor(((boxes[at] as number) + (boxes[at + 2] as number)) / 2 / size);
    const y = Math.floor(((boxes[at + 1] as number) + (boxes[at + 3] as number)) / 2 / size);
    const tile = y * across + x;
    counted.set(tile, (counted.get(tile) ?? 0) + 1);
  }
}
