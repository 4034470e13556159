import { orient2d } from "robust-predicates";

/**
 * Returns on which side of the line from a to b the point c lies: positive if to the left, negative if to the right,
 * 0 if it lies on the line. The sign is exact for coordinates that differ by more than 1e-130 or not at all.
 */
export function orientation(ax: number, ay: number, bx: number, by: number, cx: number, cy: number): number {
  return -orient2d(ax, ay, bx, by, cx, cy);
}

/**
 * Returns the direction of a closed ring, packed as longitude and latitude in turn: positive if counterclockwise,
 * negative if clockwise, 0 if its westernmost vertex does not say (a spike, or a ring that touches itself there).
 * Exact for rings that do not cross themselves, however thin.
 *
 * @param first index of the ring's first position (not coordinate)
 * @param length number of positions, the closing one included
 */
export function ringDirection(coordinates: ArrayLike<number>, first: number, length: number): number {
  const xOf = (i: number) => coordinates[2 * (first + i)] as number;
  const yOf = (i: number) => coordinates[2 * (first + i) + 1] as number;
  const edges = length - 1;
  let west = 0;
  for (let i = 1; i < edges; i++) {
    if (xOf(i) < xOf(west) || (xOf(i) === xOf(west) && yOf(i) < yOf(west))) west = i;
  }
  const x = xOf(west);
  const y = yOf(west);
  const isWest = (i: number) => xOf(i) === x && yOf(i) === y;
  let direction: number | undefined;
  for (let i = west; i < edges; i++) {
    if (!isWest(i) || isWest(i + 1)) continue;
    let before = i;
    do before = (before - 1 + edges) % edges;
    while (before !== i && isWest(before));
    const angle = orientation(xOf(before), yOf(before), x, y, xOf(i + 1), yOf(i + 1));
    direction ??= angle;
    if (angle > 0 !== direction > 0) return 0;
  }
  return direction ?? 0;
}
