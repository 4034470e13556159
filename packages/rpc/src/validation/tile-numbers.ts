import { fieldInvalid } from "./validation.ts";

/** Refuses the column or row of a tile that does not exist at its zoom. */
export function refuseOutside({ zoom, x, y }: { zoom: number; x: number; y: number }): void {
  const last = 2 ** zoom - 1;
  const violations = Object.entries({ x, y })
    .filter(([, number]) => number > last)
    .map(([field]) => ({
      field,
      description: `must be at most ${last} at zoom ${zoom}`,
      rule: "tile.inside",
    }));
  if (violations.length > 0) throw fieldInvalid(violations);
}
