import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { areaFromGeoJson, areaToGeoJson } from "../areas/geo-json.ts";
import { GeometryFault } from "../areas/geometry-fault.ts";
import { checkArea } from "../validity/check-area.ts";
import { findFaults } from "../validity/find-faults.ts";
import { COMPARISONS, CUT_COMPARISONS, compareJoined } from "./comparisons.ts";
import { type Frame, type Kind, type Random, randomArea, randomFrame, randomOf } from "./random-areas.ts";
import { isValid, NoReference, shapeOf } from "./reference.ts";

/** How many faults of an area are sought at most. */
const FAULTS = 5;
/** How often another valid area is sought near one. */
const TRIES = 5;

export interface Difference {
  /** The number of the area; with the seed, all that it takes to make it again. */
  number: number;
  kind: Kind;
  text: string;
}

/** What was compared, and what differed. */
export interface Tally {
  agreed: number;
  /** jsts gave no answer. */
  unanswered: number;
  differences: Difference[];
}

export interface Report {
  areas: number;
  valid: number;
  tallies: Map<string, Tally>;
}

/** Compares this package with jsts on the random areas of a seed that have these numbers. */
export function compareAll(seed: number, numbers: Iterable<number>): Report {
  const report: Report = { areas: 0, valid: 0, tallies: new Map() };
  for (const number of numbers) compareOne(report, seed, number);
  return report;
}

function compareOne(report: Report, seed: number, number: number): void {
  const random = randomOf(seed, number);
  const frame = randomFrame(random);
  const { kind, area } = randomArea(random, frame);
  const shape = shapeOf(area);
  const ours = isSound(area);
  const faults = findFaults(area, FAULTS);
  const note = (name: string, compare: () => string | undefined) =>
    tally(report, name, { number, kind }, compare);
  const theirs = isValid(shape);
  note("validity", () => {
    return ours === theirs && (faults.length === 0) === theirs ? undefined : `${ours}, jsts ${theirs}`;
  });
  report.areas++;
  const polygons = areaToGeoJson(area).coordinates.map((rings) =>
    shapeOf(areaFromGeoJson({ type: "Polygon", coordinates: rings })),
  );
  if (polygons.length > 1 && polygons.every(isValid))
    note("joined neighbours", () => compareJoined(area, polygons));
  if (!ours || !theirs) return;
  report.valid++;
  const trial = { random, frame, area, shape, other: otherThan(random, frame, area) };
  const cuts = Object.entries(CUT_COMPARISONS);
  const cut = cuts[Math.floor(random() * cuts.length)] as (typeof cuts)[number];
  for (const [name, compare] of [...Object.entries(COMPARISONS), cut]) note(name, () => compare(trial));
}

function tally(
  { tallies }: Report,
  name: string,
  which: Omit<Difference, "text">,
  compare: () => string | undefined,
): void {
  const counts = tallies.get(name) ?? { agreed: 0, unanswered: 0, differences: [] };
  tallies.set(name, counts);
  try {
    const text = compare();
    if (text === undefined) counts.agreed++;
    else counts.differences.push({ ...which, text });
  } catch (error) {
    if (error instanceof NoReference) counts.unanswered++;
    else counts.differences.push({ ...which, text: String(error) });
  }
}

/** Another valid area in the frame, or the same one. */
function otherThan(random: Random, frame: Frame, area: MultiPolygon): MultiPolygon {
  for (let i = 0; i < TRIES; i++) {
    const { area: other } = randomArea(random, frame);
    if (isSound(other) && isValid(shapeOf(other))) return other;
  }
  return area;
}

function isSound(area: MultiPolygon): boolean {
  try {
    checkArea(area);
    return true;
  } catch (error) {
    if (error instanceof GeometryFault) return false;
    throw error;
  }
}
