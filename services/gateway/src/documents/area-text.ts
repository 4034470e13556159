import { fromBinary } from "@bufbuild/protobuf";
import { MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { areaToGeoJsonText } from "@tessera/geometry/areas/geo-json.ts";
import { WIRE, type WireReader } from "./wire-reader.ts";

const { coordinates, ringLengths, polygonLengths } = MultiPolygonSchema.field;
const COORDINATES = (coordinates.number << 3) | WIRE.bytes;
const RINGS = (ringLengths.number << 3) | WIRE.bytes;
const POLYGONS = (polygonLengths.number << 3) | WIRE.bytes;
const POSITION_BYTES = 16;

/** Writes an area that reaches from here to `end` as GeoJSON text: what `areaToGeoJsonText` gives, without a message. */
export function areaText(reader: WireReader, end: number): string {
  const start = reader.at;
  const parts = { coordinates: 0, rings: 0, ringsEnd: 0, polygons: 0, polygonsEnd: 0, isPacked: true };
  while (reader.at < end) readPart(reader, parts);
  if (!parts.isPacked) return unpacked(reader, start, end);
  let text = '{"type":"MultiPolygon","coordinates":[';
  let at = parts.coordinates;
  let ring = parts.rings;
  for (let polygon = parts.polygons; polygon < parts.polygonsEnd; polygon = reader.at) {
    reader.at = polygon;
    let rings = reader.number();
    const next = reader.at;
    text += polygon === parts.polygons ? "[" : ",[";
    for (let open = "[["; rings > 0; rings--, open = ",[[") {
      reader.at = ring;
      const stop = at + reader.number() * POSITION_BYTES;
      ring = reader.at;
      text += open;
      for (let between = ""; at < stop; at += POSITION_BYTES, between = "],[")
        text += `${between}${reader.view.getFloat64(at, true)},${reader.view.getFloat64(at + 8, true)}`;
      text += "]]";
    }
    text += "]";
    reader.at = next;
  }
  reader.at = end;
  return `${text}]}`;
}

interface Parts {
  /** Where each list begins, and ends. */
  coordinates: number;
  rings: number;
  ringsEnd: number;
  polygons: number;
  polygonsEnd: number;
  /** Whether each list is in one piece, as all writers but odd ones write it. */
  isPacked: boolean;
}

function readPart(reader: WireReader, parts: Parts): void {
  const tag = reader.number();
  if ((tag & 7) !== WIRE.bytes) {
    parts.isPacked = false;
    reader.skip(tag & 7);
    return;
  }
  const length = reader.number();
  const start = reader.at;
  reader.at += length;
  if (tag === COORDINATES) {
    parts.isPacked &&= parts.coordinates === 0;
    parts.coordinates = start;
  } else if (tag === RINGS) {
    parts.isPacked &&= parts.rings === 0;
    parts.rings = start;
    parts.ringsEnd = reader.at;
  } else if (tag === POLYGONS) {
    parts.isPacked &&= parts.polygons === 0;
    parts.polygons = start;
    parts.polygonsEnd = reader.at;
  }
}

function unpacked(reader: WireReader, start: number, end: number): string {
  reader.at = end;
  return areaToGeoJsonText(fromBinary(MultiPolygonSchema, reader.bytes.subarray(start, end)));
}
