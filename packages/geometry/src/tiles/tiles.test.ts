import { create } from "@bufbuild/protobuf";
import { VectorTile } from "@mapbox/vector-tile";
import { type MultiPolygon, MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { PbfReader } from "pbf";
import { expect, test } from "vitest";
import { squareArea, tileArea } from "../grids/tile.ts";
import { cellOfShape, drawCell } from "./cells.ts";
import { drawShape, emptyDrawing } from "./draw-shape.ts";
import { frameOf, meets } from "./frame.ts";
import { FEATURE_TYPE, LayerWriter, tileOf } from "./layer-writer.ts";
import { latitudeAt, longitudeAt, unitsEast, unitsSouth } from "./mercator.ts";
import { shapesOf } from "./shapes.ts";

const ZOOM = 12;
const TILE = { zoom: ZOOM, x: 2_100, y: 1_403 };

/** What a decoder that others wrote reads of areas that are drawn into a tile. */
function drawn(areas: readonly MultiPolygon[], tile = TILE) {
  const frame = frameOf(tile);
  const shapes = shapesOf(areas);
  const layer = new LayerWriter("areas");
  areas.forEach((_, place) => {
    const drawing = emptyDrawing();
    if (meets(shapes, place, frame)) drawShape(shapes, place, frame, drawing);
    if (drawing.commands.length > 0)
      layer.add(place + 1, FEATURE_TYPE.polygon, drawing.commands, ["place", place]);
  });
  return decoded(tileOf([layer]));
}

function decoded(tile: Buffer) {
  const layer = new VectorTile(new PbfReader(tile)).layers.areas;
  const features = layer ? Array.from({ length: layer.length }, (_, at) => layer.feature(at)) : [];
  return features.map((it) => ({
    id: it.id,
    properties: it.properties,
    rings: it.loadGeometry().map((ring) => ring.map(({ x, y }) => [x, y])),
  }));
}

/** A rectangle of a tile, in its units. */
function within([west, north, east, south]: [number, number, number, number], tile = TILE): MultiPolygon {
  const units = 4_096 * 2 ** tile.zoom;
  const lon = (x: number) => longitudeAt(((tile.x * 4_096 + x) / units) * 2 ** 32);
  const lat = (y: number) => latitudeAt(((tile.y * 4_096 + y) / units) * 2 ** 32);
  return squareArea(lon(west), lat(south), lon(east), lat(north));
}

test("a place in web mercator is the same place again", () => {
  expect(unitsEast(-180)).toBe(0);
  expect(unitsEast(180)).toBe(2 ** 32 - 1);
  expect(unitsSouth(90)).toBe(0);
  expect(unitsSouth(-90)).toBe(2 ** 32 - 1);
  expect(longitudeAt(unitsEast(13.4))).toBeCloseTo(13.4, 6);
  expect(latitudeAt(unitsSouth(52.5))).toBeCloseTo(52.5, 6);
});

test("the square of a tile fills it, clockwise as decoders expect, with its buffer left out", () => {
  const [square, ...others] = drawn([tileArea(TILE)]);
  expect(others).toEqual([]);
  expect(square).toMatchObject({ id: 1, properties: { place: 0 } });
  const ring = square?.rings[0] as [number, number][];
  expect(new Set(ring.map(String))).toEqual(new Set(["0,0", "4096,0", "4096,4096", "0,4096"]));
  expect(ground(ring)).toBe(2 * 4096 ** 2);
});

test("what reaches beyond a tile is cut at its buffer", () => {
  const [whole] = drawn([tileArea({ zoom: ZOOM - 3, x: TILE.x >> 3, y: TILE.y >> 3 })]);
  const xs = whole?.rings[0]?.map(([x]) => x as number) ?? [];
  const ys = whole?.rings[0]?.map(([, y]) => y as number) ?? [];
  expect([Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)]).toEqual([
    -64, 4160, -64, 4160,
  ]);
});

test("neighbours share their edge, at every zoom", () => {
  for (const zoom of [3, 9, 12, 17, 22]) {
    const shift = 22 - zoom;
    const tile = { zoom, x: 2_150_000 >> shift, y: 1_433_600 >> shift };
    const at = { zoom: Math.min(22, zoom + 2), x: 0, y: 0 };
    const factor = 2 ** (at.zoom - zoom);
    const first = { ...at, x: tile.x * factor, y: tile.y * factor };
    const [one, other] = drawn([tileArea(first), tileArea({ ...first, x: first.x + 1 })], tile);
    const east = Math.max(...(one?.rings[0]?.map(([x]) => x as number) ?? []));
    const west = Math.min(...(other?.rings[0]?.map(([x]) => x as number) ?? []));
    expect([zoom, west]).toEqual([zoom, east]);
  }
});

test("a hole runs the other way, and goes with its ring where that has no ground left", () => {
  const outer = within([100, 100, 300, 300]);
  const inner = within([150, 150, 200, 200]);
  const pairs = Array.from({ length: 5 }, (_, at) => inner.coordinates.slice(2 * at, 2 * at + 2));
  const reversed = pairs.reverse().flat();
  const area = create(MultiPolygonSchema, {
    coordinates: [...outer.coordinates, ...reversed],
    ringLengths: [5, 5],
    polygonLengths: [2],
  });
  const signs = (drawn([area])[0]?.rings ?? []).map((ring) => Math.sign(ground(ring as [number, number][])));
  expect(signs).toEqual([1, -1]);
  expect(drawn([area], { zoom: 0, x: 0, y: 0 })).toEqual([]);
});

function ground(ring: readonly [number, number][]): number {
  return ring.slice(1).reduce((sum, [x, y], at) => {
    const [x0, y0] = ring[at] as [number, number];
    return sum + x0 * y - x * y0;
  }, 0);
}

test("a shape is in the cell that its middle is in, and a cell is a tile of seven zooms further in", () => {
  const frame = frameOf(TILE);
  const small = { zoom: ZOOM + 7, x: TILE.x * 128 + 5, y: TILE.y * 128 + 9 };
  const cell = cellOfShape(shapesOf([tileArea(small)]), 0, frame) as number;
  const drawing = emptyDrawing();
  drawCell(cell, drawing);
  const layer = new LayerWriter("areas");
  layer.add(0, FEATURE_TYPE.polygon, drawing.commands, []);
  const [square] = decoded(tileOf([layer]));
  expect(square?.rings[0]).toContainEqual([160, 288]);
  expect(square?.rings[0]).toContainEqual([192, 320]);
  expect(square?.id).toBeUndefined();
  const elsewhere = shapesOf([tileArea({ ...small, x: small.x + 1_000 })]);
  expect(cellOfShape(elsewhere, 0, frame)).toBeUndefined();
});

test("attributes of every kind are read as they are, absent ones are absent", () => {
  const layer = new LayerWriter("areas");
  const drawing = emptyDrawing();
  drawCell(0, drawing);
  const values = { text: "é", one: 1, large: 2 ** 40, minus: -3, half: 0.5, yes: true, no: false, empty: "" };
  layer.add(7, FEATURE_TYPE.polygon, drawing.commands, [
    ...Object.entries(values).flat(),
    "absent",
    undefined,
  ]);
  const [feature] = decoded(tileOf([layer, new LayerWriter("left out")]));
  expect(feature).toMatchObject({ id: 7 });
  expect({ ...feature?.properties }).toEqual(values);
});
