import { create } from "@bufbuild/protobuf";
import { type MultiPolygon, MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";

/** An area in arrays that threads can hand over without a copy. Any numbers pass unchanged, sensible or not. */
export interface PackedArea {
  coordinates: Float64Array<ArrayBuffer>;
  ringLengths: Float64Array<ArrayBuffer>;
  polygonLengths: Float64Array<ArrayBuffer>;
}

/** Packs an area for another thread. */
export function packArea(area: MultiPolygon): PackedArea {
  return {
    coordinates: Float64Array.from(area.coordinates),
    ringLengths: Float64Array.from(area.ringLengths),
    polygonLengths: Float64Array.from(area.polygonLengths),
  };
}

/** Unpacks an area that came from another thread. */
export function unpackArea(packed: PackedArea): MultiPolygon {
  return create(MultiPolygonSchema, {
    coordinates: Array.from(packed.coordinates),
    ringLengths: Array.from(packed.ringLengths),
    polygonLengths: Array.from(packed.polygonLengths),
  });
}

/** The memory of a packed area, to be handed over. */
export function memoryOf(packed: PackedArea): ArrayBuffer[] {
  return [packed.coordinates.buffer, packed.ringLengths.buffer, packed.polygonLengths.buffer];
}
