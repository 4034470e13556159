import { create } from "@bufbuild/protobuf";
import { type MultiPolygon, MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";

/** Areas in arrays that threads can hand over without a copy. Any numbers pass unchanged, sensible or not. */
export interface PackedAreas {
  coordinates: Float64Array<ArrayBuffer>;
  ringLengths: Float64Array<ArrayBuffer>;
  polygonLengths: Float64Array<ArrayBuffer>;
  /** How many entries of the three arrays each area has, in turn. */
  sizes: Float64Array<ArrayBuffer>;
}

/** Packs areas for another thread. */
export function packAreas(areas: readonly MultiPolygon[]): PackedAreas {
  const sizes = new Float64Array(3 * areas.length);
  for (const [i, { coordinates, ringLengths, polygonLengths }] of areas.entries()) {
    sizes.set([coordinates.length, ringLengths.length, polygonLengths.length], 3 * i);
  }
  return {
    coordinates: joined(areas.map((area) => area.coordinates)),
    ringLengths: joined(areas.map((area) => area.ringLengths)),
    polygonLengths: joined(areas.map((area) => area.polygonLengths)),
    sizes,
  };
}

/** Unpacks areas that came from another thread, one at a time. */
export function* unpackAreas(packed: PackedAreas): Generator<MultiPolygon> {
  const { coordinates, ringLengths, polygonLengths, sizes } = packed;
  let [position, ring, polygon] = [0, 0, 0];
  for (let i = 0; i < sizes.length; i += 3) {
    const [positions, rings, polygons] = [sizes[i], sizes[i + 1], sizes[i + 2]] as [number, number, number];
    yield create(MultiPolygonSchema, {
      coordinates: Array.from(coordinates.subarray(position, position + positions)),
      ringLengths: Array.from(ringLengths.subarray(ring, ring + rings)),
      polygonLengths: Array.from(polygonLengths.subarray(polygon, polygon + polygons)),
    });
    position += positions;
    ring += rings;
    polygon += polygons;
  }
}

function joined(lists: number[][]): Float64Array<ArrayBuffer> {
  const all = new Float64Array(lists.reduce((sum, list) => sum + list.length, 0));
  let at = 0;
  for (const list of lists) {
    all.set(list, at);
    at += list.length;
  }
  return all;
}

/** The memory of packed areas, to be handed over. */
export function memoryOfAreas(packed: PackedAreas): ArrayBuffer[] {
  return [
    packed.coordinates.buffer,
    packed.ringLengths.buffer,
    packed.polygonLengths.buffer,
    packed.sizes.buffer,
  ];
}
