import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { areaSquareKilometres } from "../areas/measure.ts";
import { unionOfNeighbours } from "../areas/union-of-neighbours.ts";
import { checkArea } from "../validity/check-area.ts";
import type { Cell } from "./cut-along-lines.ts";
import type { SquareLines } from "./square-lines.ts";

/** A cell with a smaller part than this of a whole square's ground is a sliver. */
export const SLIVER_SHARE = 1 / 10;

/**
 * The result of a merger has at most the ground of this many whole squares, so that slivers do not add up to a
 * country.
 */
export const MOST_SQUARES = 2;

/** Borders whose lengths differ by less than this part are as long as each other. */
const AS_LONG = 1e-9;

/** A cell, or several that were merged. */
interface Group {
  /** The cells of it, the one that gives the group its place first. */
  cells: number[];
  /** Its ground, in whole squares. */
  share: number;
  /** The groups that it has borders with, by number, and the length of these in degrees of latitude. */
  borders: Map<number, number>;
}

/**
 * Merges each sliver among cells into the neighbour that it shares the longest border with, until none is left that
 * has a neighbour; the smallest come first. What is merged stands where the larger part stood. A sliver stays as it is
 * if it has no border with others, or none with one that it could join within `MOST_SQUARES`.
 *
 * @param cells in the order in which they were cut
 * @throws GeometryFault if rounding made a merged area invalid
 */
export function mergeSlivers(cells: readonly Cell[], lines: SquareLines): MultiPolygon[] {
  const groups = groupsOf(cells, lines);
  const into = Int32Array.from(groups.keys());
  const now = (group: number): number => {
    let top = group;
    while (into[top] !== top) {
      into[top] = into[into[top] as number] as number;
      top = into[top] as number;
    }
    return top;
  };
  const shareOf = (group: number) => (groups[group] as Group).share;
  let slivers = [...groups.keys()].filter((group) => shareOf(group) < SLIVER_SHARE);
  while (slivers.length > 0) {
    slivers.sort((a, b) => shareOf(a) - shareOf(b) || a - b);
    const left = new Set<number>();
    for (const sliver of slivers) {
      if (into[sliver] !== sliver || shareOf(sliver) >= SLIVER_SHARE) continue;
      const neighbour = bestNeighbour(groups, sliver, now);
      if (neighbour === undefined) continue;
      const [from, to] = shareOf(neighbour) < shareOf(sliver) ? [neighbour, sliver] : [sliver, neighbour];
      merge(groups[from] as Group, groups[to] as Group);
      into[from] = to;
      left.add(to);
    }
    slivers = [...left].filter((group) => into[group] === group && shareOf(group) < SLIVER_SHARE);
  }
  return groups.filter((_, group) => into[group] === group).map((group) => areaOf(group, cells));
}

function groupsOf(cells: readonly Cell[], lines: SquareLines): Group[] {
  const groups = cells.map(({ isWhole, row, area }, i): Group => {
    const share = isWhole ? 1 : areaSquareKilometres(area) / lines.squareOf(row);
    return { cells: [i], share, borders: new Map() };
  });
  const cellAt = new Map(cells.map(({ row, column }, i) => [row * lines.columns.strips + column, i]));
  for (const [i, cell] of cells.entries()) {
    const group = groups[i] as Group;
    if (group.share >= SLIVER_SHARE) continue;
    for (const [down, right] of SIDES) {
      const column = cell.column + right;
      if (column < 0 || column >= lines.columns.strips) continue;
      const other = cellAt.get((cell.row + down) * lines.columns.strips + column);
      if (other === undefined) continue;
      const line =
        down === 0
          ? lines.columns.at(Math.max(cell.column, column))
          : 0 - lines.rows.at(Math.max(cell.row, cell.row + down));
      const length = borderLength(cell.area, (cells[other] as Cell).area, down === 0 ? 0 : 1, line);
      if (length > 0) group.borders.set(other, length);
    }
  }
  return groups;
}

/** The way to the four neighbours of a cell, in rows and columns. */
const SIDES = [
  [-1, 0],
  [0, -1],
  [0, 1],
  [1, 0],
] as const;

/** The length of the border of two areas along a meridian (axis 0) or a parallel (axis 1), in degrees of latitude. */
function borderLength(a: MultiPolygon, b: MultiPolygon, axis: 0 | 1, line: number): number {
  const [as, bs] = [stretchesOn(a, axis, line), stretchesOn(b, axis, line)];
  let length = 0;
  for (let i = 0, j = 0; i < as.length && j < bs.length; ) {
    const [low, high] = as[i] as [number, number];
    const [otherLow, otherHigh] = bs[j] as [number, number];
    length += Math.max(Math.min(high, otherHigh) - Math.max(low, otherLow), 0);
    if (high < otherHigh) i++;
    else j++;
  }
  return axis === 0 ? length : length * Math.cos((line * Math.PI) / 180);
}

/** The edges of an area that lie on a line, in order; there is ground on one side of it only. */
function stretchesOn(
  { coordinates, ringLengths }: MultiPolygon,
  axis: 0 | 1,
  line: number,
): [number, number][] {
  const found: [number, number][] = [];
  let at = 0;
  for (const length of ringLengths) {
    for (const last = at + 2 * (length - 1); at < last; at += 2) {
      if (coordinates[at + axis] !== line || coordinates[at + 2 + axis] !== line) continue;
      const from = coordinates[at + 1 - axis] as number;
      const to = coordinates[at + 3 - axis] as number;
      found.push(from < to ? [from, to] : [to, from]);
    }
    at += 2;
  }
  return found.sort((a, b) => a[0] - b[0]);
}

/** Of the groups that a sliver has a border with and may join, the one with the longest; the smallest of several. */
function bestNeighbour(groups: Group[], sliver: number, now: (group: number) => number): number | undefined {
  const shareOf = (group: number) => (groups[group] as Group).share;
  const group = groups[sliver] as Group;
  const borders = new Map<number, number>();
  for (const [other, length] of group.borders) {
    const neighbour = now(other);
    if (neighbour !== sliver) borders.set(neighbour, (borders.get(neighbour) ?? 0) + length);
  }
  group.borders = borders;
  let best: number | undefined;
  let longest = 0;
  for (const [other, length] of borders) {
    const share = shareOf(other);
    if (share + group.share > MOST_SQUARES) continue;
    const isAsLong = Math.abs(length - longest) <= AS_LONG * length;
    if (isAsLong ? share < shareOf(best as number) : length > longest) {
      best = other;
      longest = length;
    }
  }
  return best;
}

function merge(from: Group, to: Group): void {
  for (const cell of from.cells) to.cells.push(cell);
  to.share += from.share;
  if (to.share < SLIVER_SHARE) {
    for (const [other, length] of from.borders) to.borders.set(other, (to.borders.get(other) ?? 0) + length);
  }
  from.borders.clear();
}

function areaOf({ cells: members }: Group, cells: readonly Cell[]): MultiPolygon {
  const areas = members.map((member) => (cells[member] as Cell).area);
  if (areas.length === 1) return areas[0] as MultiPolygon;
  const union = unionOfNeighbours(areas) as MultiPolygon;
  checkArea(union);
  return union;
}
