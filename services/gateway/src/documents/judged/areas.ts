import type { EditorFeature } from "../editor-feature.ts";

const SQUARE = [85.3, 27.7, 85.4, 27.7, 85.4, 27.8, 85.3, 27.8, 85.3, 27.7];
const HOLE = [85.32, 27.72, 85.32, 27.74, 85.34, 27.74, 85.34, 27.72, 85.32, 27.72];
const BESIDE = [85.4, 27.7, 85.5, 27.7, 85.5, 27.8, 85.4, 27.8, 85.4, 27.7];
const ACROSS_180 = [179.5, -17, 180, -17, 180, -16.5, 179.5, -16.5, 179.5, -17];
const BEYOND_180 = [-180, -17, -179.5, -17, -179.5, -16.5, -180, -16.5, -180, -17];

const feature = (
  id: number,
  coordinates: number[],
  { title = `Task ${id}`, polygons = [1] }: { title?: string; polygons?: number[] } = {},
): EditorFeature => ({
  kind: "Task",
  id: String(id),
  title,
  summary: "",
  tags: [
    ["tessera:project", "7"],
    ["tessera:task", String(id)],
    ["tessera:state", "ready"],
  ],
  area: {
    $typeName: "tessera.geo.v1.MultiPolygon",
    coordinates,
    ringLengths: Array.from({ length: coordinates.length / 10 }, () => 5),
    polygonLengths: polygons,
  },
  point: undefined,
});

/** What the judges were given: a hole, a neighbour, an area on both sides of 180°, and texts that XML must escape. */
export const JUDGED: readonly EditorFeature[] = [
  feature(1, [...SQUARE, ...HOLE], { polygons: [2] }),
  feature(2, BESIDE, { title: `Not <b>bold</b> & "quoted" 'twice' \u{1f600} नेपाल` }),
  feature(3, [...ACROSS_180, ...BEYOND_180], { polygons: [1, 1] }),
];
