import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { FieldRole } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { fieldWithRole } from "@tessera/rpc/request-id.ts";
import { featureGeometry, featurePoint } from "../routes/geometry-field.ts";
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
function featureId(desc: DescMessage): DescField | undefined {
  if (!ids.has(desc)) ids.set(desc, fieldWithRole(desc, FieldRole.FEATURE_ID));
  return ids.get(desc);
}

/** The fields without which a message is no Feature, by name. */
export function featureFields(desc: DescMessage): string[] {
  const fields = [featureGeometry(desc), featurePoint(desc), featureId(desc)];
  return fields.flatMap((field) => field?.name ?? []);
}

function compileFeature(
  desc: DescMessage,
  holder: DescField | undefined,
  chosen: ReadonlySet<string> | undefined,
): WriteMessage {
  const without = holder ? leftOutOf(holder) : [];
  const only = chosen && new Set([...chosen, ...featureFields(desc)]);
  const { fields, read } = compileReader(desc, { only, without });
  const placeOf = (wanted: DescField | undefined) => (wanted ? fields.indexOf(wanted) : -1);
  const [geometry, point] = [placeOf(featureGeometry(desc)), placeOf(featurePoint(desc))];
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
    const shape = values[geometry] ?? pointText(values[point]);
    return `${start},"geometry":${shape},"properties":{${properties.slice(1)}}}`;
  };
}

/** The GeoJSON of a point that is written as JSON. */
function pointText(text: string | undefined): string {
  if (text === undefined) return "null";
  const { longitude, latitude } = JSON.parse(text) as { longitude: number; latitude: number };
  return JSON.stringify({ type: "Point", coordinates: [longitude, latitude] });
}
