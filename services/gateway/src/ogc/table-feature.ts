import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { featureFields, featureId, pointText } from "../documents/feature.ts";
import { leftOutOf } from "../documents/left-out.ts";
import { compileReader, type WriteMessage } from "../documents/wire-json.ts";
import { featureGeometry, featurePoint, messageOf } from "../routes/geometry-field.ts";
import type { Property } from "./property.ts";

/** Writes a row that begins here and ends at `end` as a Feature. `links` is a member of it with a comma before it, or nothing. */
export type WriteFeature = (...row: [...Parameters<WriteMessage>, links?: string]) => string;

/** The fields of rows from which a feature is written, by name. */
export function fieldsShown(rows: DescField, properties: readonly Property[]): ReadonlySet<string> {
  const left = leftOutOf(rows);
  const names = properties.map(({ column }) => column[0]?.name ?? "");
  return new Set(
    [...names, ...featureFields(messageOf(rows) as DescMessage)].filter((it) => !left.includes(it)),
  );
}

/** Makes the writer of rows as GeoJSON Features that are rows of a table as well: no property has others within it. */
export function tableFeature(rows: DescField, properties: readonly Property[]): WriteFeature {
  const desc = messageOf(rows) as DescMessage;
  const within = new Map<DescField, WriteMessage>();
  for (const { column } of properties) {
    const [outer] = column;
    if (outer !== undefined && column.length > 1) within.set(outer, membersWriter(outer, properties));
  }
  const { fields, read } = compileReader(desc, { only: fieldsShown(rows, properties), within });
  const placeOf = (wanted: DescField | undefined) => (wanted ? fields.indexOf(wanted) : -1);
  const [geometry, point] = [placeOf(featureGeometry(desc)), placeOf(featurePoint(desc))];
  const id = placeOf(featureId(desc));
  const starts = fields.map((field, place) => {
    if (place === geometry || place === point) return undefined;
    return within.has(field) ? "" : `,${JSON.stringify(field.name)}:`;
  });
  return (reader, end, links = "") => {
    const values = read(reader, end);
    const start = values[id] === undefined ? '{"type":"Feature"' : `{"type":"Feature","id":${values[id]}`;
    let text = "";
    for (let place = 0; place < starts.length; place++) {
      const member = starts[place];
      if (member !== undefined && values[place] !== undefined) text += member + values[place];
    }
    const shape = values[geometry] ?? pointText(values[point]) ?? "null";
    return `${start}${links},"geometry":${shape},"properties":{${text.slice(1)}}}`;
  };
}

/** Writes the message in a field as members of the object around it, each with a comma before it. */
function membersWriter(outer: DescField, properties: readonly Property[]): WriteMessage {
  const inner = properties.flatMap(({ column }) => (column[0] === outer ? (column[1]?.name ?? []) : []));
  const { fields, read } = compileReader(messageOf(outer) as DescMessage, { only: new Set(inner) });
  const starts = fields.map(({ name }) => `,${JSON.stringify(`${outer.name}.${name}`)}:`);
  return (reader, end) => {
    const values = read(reader, end);
    let text = "";
    for (let place = 0; place < starts.length; place++) {
      if (values[place] !== undefined) text += `${starts[place]}${values[place]}`;
    }
    return text;
  };
}
