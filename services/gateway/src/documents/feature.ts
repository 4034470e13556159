import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { FieldRole } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { fieldWithRole } from "@tessera/rpc/request-id.ts";
import { featureCoordinates, featureGeometry, featurePoint } from "../routes/geometry-field.ts";
import { leftOutOf } from "./left-out.ts";
import { compileReader, type WriteMessage } from "./wire-json.ts";

const writers = new Map<DescMessage | DescField, WriteMessage>();

/**
 * Writes messages that have a geometry as GeoJSON Features, with all other fields that they carry in `holder` as properties, or
 * those that are chosen. The id and the geometry are shown in any case.
 */
export function featureWriter(
  desc: DescMessage,
  holder?: DescField,
  chosen?: ReadonlySet<string>,
): WriteMessage {
  const key = holder ?? desc;
  const known = chosen === undefined ? writers.get(key) : undefined;
  if (known !== undefined) return known;
  const writer = compileFeature(desc, holder, chosen);
  if (chosen === undefined) writers.set(key, writer);
  return writer;
}

const ids = new Map<DescMessage, DescField | undefined>();

/** The field that is the id of a Feature. Looked up once: options are kept in binary. */
export function featureId(desc: DescMessage): DescField | undefined {
  if (!ids.has(desc)) ids.set(desc, fieldWithRole(desc, FieldRole.FEATURE_ID));
  return ids.get(desc);
}

/**
 * The fields without which a row is no Feature, by name: its id and its geometry. Rows that leave their geometry out are shown
 * at their place, unless the geometry is chosen.
 */
export function featureFields(desc: DescMessage, holder?: DescField, chosen?: ReadonlySet<string>): string[] {
  const geometry = featureGeometry(desc);
  const places = [featurePoint(desc), ...(featureCoordinates(desc) ?? [])].filter((it) => it !== undefined);
  const isLeftOut = geometry && holder && places.length > 0 && leftOutOf(holder).includes(geometry.name);
  const shown = isLeftOut && !chosen?.has(geometry.name) ? [] : [geometry];
  return [...shown, ...places, featureId(desc)].flatMap((field) => field?.name ?? []);
}

function compileFeature(
  desc: DescMessage,
  holder: DescField | undefined,
  chosen: ReadonlySet<string> | undefined,
): WriteMessage {
  const needed = featureFields(desc, holder, chosen);
  const only = chosen && new Set([...chosen, ...needed]);
  const without = holder ? leftOutOf(holder).filter((name) => !only?.has(name)) : [];
  const { fields, read } = compileReader(desc, { only, without });
  const placeOf = (wanted: DescField | undefined) => (wanted ? fields.indexOf(wanted) : -1);
  const [geometry, point] = [placeOf(featureGeometry(desc)), placeOf(featurePoint(desc))];
  const [longitude, latitude] = (featureCoordinates(desc) ?? [undefined, undefined]).map(placeOf);
  const id = placeOf(featureId(desc));
  const names = fields.map(({ name }, place) => {
    const isProperty = place !== geometry && (chosen === undefined || chosen.has(name));
    return isProperty ? `,${JSON.stringify(name)}:` : undefined;
  });
  return (reader, end) => {
    const values = read(reader, end);
    const start = values[id] === undefined ? '{"type":"Feature"' : `{"type":"Feature","id":${values[id]}`;
    let properties = "";
    for (let place = 0; place < names.length; place++) {
      if (names[place] !== undefined && values[place] !== undefined)
        properties += (names[place] as string) + values[place];
    }
    const coordinates = [values[longitude ?? -1], values[latitude ?? -1]];
    const shape = values[geometry] ?? pointText(values[point]) ?? coordinatesText(coordinates);
    return `${start},"geometry":${shape},"properties":{${properties.slice(1)}}}`;
  };
}

/** The GeoJSON of a point that is written as JSON. */
export function pointText(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const { longitude, latitude } = JSON.parse(text) as { longitude: number; latitude: number };
  return JSON.stringify({ type: "Point", coordinates: [longitude, latitude] });
}

/** The GeoJSON of a place of which the degrees are known; nowhere, without them. */
function coordinatesText(degrees: readonly (string | undefined)[]): string {
  if (degrees.includes(undefined)) return "null";
  return `{"type":"Point","coordinates":[${degrees.join(",")}]}`;
}
