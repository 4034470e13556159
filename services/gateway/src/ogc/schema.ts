import { getOption } from "@bufbuild/protobuf";
import { selects_by } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { leftOutOf } from "../documents/left-out.ts";
import { featureGeometry } from "../routes/geometry-field.ts";
import type { Kind } from "./collection.ts";
import { type Property, propertySchema, type Schema } from "./property.ts";

/** The name of the property by whose time `datetime` selects. */
export function timeNameOf({ changedFrom }: Kind): string | undefined {
  const field = changedFrom?.at(-1);
  return field && getOption(field, selects_by);
}

/** The schema of the properties of features, by name. */
export function propertySchemas(kind: Kind): Schema {
  const timeName = timeNameOf(kind);
  return Object.fromEntries(kind.properties.map((it: Property) => [it.name, propertySchema(it, timeName)]));
}

/** The schema of a feature of a collection. */
export function featureSchema(kind: Kind, id: string, title: string): Schema {
  const geometry = featureGeometry(kind.desc);
  const isArea = geometry !== undefined && !leftOutOf(kind.rows).includes(geometry.name);
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: id,
    title,
    type: "object",
    required: ["type", "geometry", "properties"],
    properties: {
      type: { type: "string", enum: ["Feature"] },
      id: { type: "integer" },
      geometry: { $ref: `https://geojson.org/schema/${isArea ? "MultiPolygon" : "Point"}.json` },
      properties: { type: "object", properties: propertySchemas(kind) },
    },
  };
}
