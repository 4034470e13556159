import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { FieldRole } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { fieldWithRole } from "@tessera/rpc/request-id.ts";
import { headersIn, leftOutOf } from "../documents/left-out.ts";
import type { Offer } from "../documents/negotiate.ts";
import { featureCoordinates, featureGeometry, featurePoint, messageOf } from "../routes/geometry-field.ts";
import { isAnsweredOnce, type Route } from "../routes/route.ts";
import { hasPresence, type Schema } from "./field-rules.ts";
import { describedField } from "./prose.ts";
import { nameOf, type SchemaBook, shortName } from "./schema-book.ts";

/** The schema of an answer in one form; of a stream, that of one element. */
export function answerSchema({ form, route }: Offer, book: SchemaBook): Schema {
  if (route.answer !== undefined)
    return form === "json"
      ? { type: "object", additionalProperties: true }
      : { type: "string", format: "binary" };
  const streamed = !isAnsweredOnce(route.rpc);
  switch (form) {
    case "json":
      return shownSchema(route, book);
    case "geojson":
      return route.rows === undefined && !streamed
        ? featureSchema(route, book)
        : collectionSchema(route, book);
    case "csv":
      return { type: "string", description: "A line of names, then a line for each document (RFC 4180)." };
    case "gpx":
    case "osm":
      return { type: "string", description: form === "gpx" ? "GPX 1.1." : "OSM XML 0.6." };
    case "links":
      return {
        type: "object",
        description:
          "A set of links (RFC 9264): `edit` opens the document in JOSM or iD, `alternate` is another form of it.",
        required: ["linkset"],
        properties: { linkset: { type: "array", items: { type: "object", additionalProperties: true } } },
      };
    default:
      return elementSchema(route, book);
  }
}

/** The schema of what a route shows as JSON. */
export function shownSchema(route: Route, book: SchemaBook): Schema {
  const { shown, rows } = route;
  const { desc, field, list } = shown;
  if (field !== undefined) {
    const one = list ? rowSchema(route, field, book) : book.message(desc, "answer", field);
    return list ? { type: "array", items: one } : one;
  }
  if (rows === undefined) return book.message(desc, "answer");
  const fields = shownFields(desc);
  return book.named(nameOf(desc), desc, () => ({
    type: "object",
    description: "One page of a list, or all of it.",
    required: fields.filter((it) => !hasPresence(it)).map(({ name }) => name),
    properties: Object.fromEntries(
      fields.map((it) => [
        it.name,
        it === rows
          ? { type: "array", items: rowSchema(route, rows, book), ...describedField(it) }
          : book.field(it, "answer"),
      ]),
    ),
  }));
}

/** The schema of one document of a list. Where a request may choose its fields, each of them may be there or absent. */
function rowSchema(route: Route, field: DescField, book: SchemaBook): Schema {
  const desc = messageOf(field) as DescMessage;
  if (route.fields === undefined) return book.message(desc, "answer", field);
  const fields = shownFields(desc);
  const name = `${shortName(field)}${desc.name}`;
  return book.part(desc, { name, side: "answer", fields, optional: true });
}

function elementSchema(route: Route, book: SchemaBook): Schema {
  const { desc, field, list } = route.shown;
  if (field === undefined) return book.message(desc, "answer");
  return list ? rowSchema(route, field, book) : book.message(desc, "answer", field);
}

function shownFields(desc: DescMessage): DescField[] {
  return desc.fields.filter(({ name }) => !headersIn(desc).includes(name));
}

function carried(desc: DescMessage, holder: DescField | undefined): DescField[] {
  const without = holder === undefined ? [] : leftOutOf(holder);
  return shownFields(desc).filter(({ name }) => !without.includes(name));
}

/** The schema of a document as a Feature. */
function featureSchema(route: Route, book: SchemaBook): Schema {
  const { desc, field, list } = route.shown;
  const holder = route.rows ?? field;
  const row = route.rows === undefined ? desc : (messageOf(route.rows) as DescMessage);
  const isRow = route.rows !== undefined || list;
  const isPart =
    holder !== undefined && (leftOutOf(holder).length > 0 || (isRow && route.fields !== undefined));
  const name = `${isPart ? shortName(holder) : ""}${isPart ? row.name : nameOf(row)}Feature`;
  return book.named(name, row, () => makeFeature(row, holder, isRow && route.fields !== undefined, book));
}

function makeFeature(
  desc: DescMessage,
  holder: DescField | undefined,
  optional: boolean,
  book: SchemaBook,
): Schema {
  const geometry = featureGeometry(desc);
  const id = fieldWithRole(desc, FieldRole.FEATURE_ID);
  const fields = optional ? shownFields(desc) : carried(desc, holder);
  const properties = fields.filter((it) => it !== geometry);
  const required = optional ? [] : properties.filter((it) => !hasPresence(it)).map((it) => it.name);
  const shapes = [
    ...(geometry && fields.includes(geometry) ? [book.geo("Area")] : []),
    ...(featurePoint(desc) || featureCoordinates(desc) ? [book.geo("PointGeometry")] : []),
  ];
  const { description: _, ...idSchema } = id ? book.field(id, "answer") : {};
  return {
    type: "object",
    description: "A GeoJSON Feature.",
    required: ["type", ...(id && fields.includes(id) ? ["id"] : []), "geometry", "properties"],
    properties: {
      type: { const: "Feature" },
      ...(id && { id: idSchema }),
      geometry: shapes.length === 0 ? { type: ["object", "null"] } : { anyOf: [...shapes, { type: "null" }] },
      properties: {
        type: "object",
        ...(required.length > 0 && { required }),
        properties: Object.fromEntries(properties.map((it) => [it.name, book.field(it, "answer")])),
      },
    },
  };
}

/** The schema of a list as a FeatureCollection, with whatever else the response says beside its features; a stream says nothing else. */
function collectionSchema(route: Route, book: SchemaBook): Schema {
  const { rpc, rows } = route;
  const others =
    rows === undefined || !isAnsweredOnce(rpc) ? [] : shownFields(rpc.output).filter((it) => it !== rows);
  return book.named(`${rpc.name}FeatureCollection`, rpc, () => ({
    type: "object",
    description: "A GeoJSON FeatureCollection.",
    required: ["type", ...others.filter((it) => !hasPresence(it)).map(({ name }) => name), "features"],
    properties: {
      type: { const: "FeatureCollection" },
      ...Object.fromEntries(others.map((it) => [it.name, book.field(it, "answer")])),
      features: { type: "array", items: featureSchema(route, book) },
    },
  }));
}
