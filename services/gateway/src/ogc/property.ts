import { type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { type Column, columnsOf } from "../documents/csv.ts";
import { leftOutOf } from "../documents/left-out.ts";
import { featureGeometry, featurePoint, messageOf } from "../routes/geometry-field.ts";

/** A property of the features of a collection: one value, or a list of values. */
export interface Property {
  /** As it is in a feature: "state", "lock.holder_user_id". */
  name: string;
  column: Column;
  field: DescField;
}

/**
 * The properties of features. Programs for maps know tables: values within messages are properties of their own, as they are
 * columns of CSV, and what has no column there is no property.
 */
export function propertiesOf(rows: DescField): Property[] {
  const left = new Set(leftOutOf(rows));
  const desc = messageOf(rows) as DescMessage;
  const isGeometry = (field: DescField) => field === featureGeometry(desc) || field === featurePoint(desc);
  return columnsOf(desc)
    .filter(([first]) => first !== undefined && !left.has(first.name) && !isGeometry(first))
    .map((column) => ({
      name: column.map(({ name }) => name).join("."),
      column,
      field: column.at(-1) as DescField,
    }));
}

/** A schema of JSON, of version 3.0 of OpenAPI too. */
export type Schema = Record<string, unknown>;

const TYPES: Partial<Record<ScalarType, Schema>> = {
  [ScalarType.BOOL]: { type: "boolean" },
  [ScalarType.DOUBLE]: { type: "number" },
  [ScalarType.FLOAT]: { type: "number" },
  [ScalarType.INT32]: { type: "integer", format: "int32" },
  [ScalarType.UINT32]: { type: "integer" },
  [ScalarType.INT64]: { type: "string", pattern: "^(0|-?[1-9][0-9]*)$" },
  [ScalarType.UINT64]: { type: "string", pattern: "^(0|[1-9][0-9]*)$" },
};

/** What one value of a field is. */
export function valueSchema({ scalar, enum: values }: Pick<DescField, "scalar" | "enum">): Schema {
  if (values !== undefined)
    return { type: "string", enum: values.values.filter(({ number }) => number > 0).map(({ name }) => name) };
  return (scalar !== undefined && TYPES[scalar]) || { type: "string" };
}

/**
 * What a property is. Only the time by which `datetime` selects is called one: programs for maps send every comparison with a
 * time as `datetime`, and would get the wrong features for any other.
 */
export function propertySchema({ name, field }: Property, timeName: string | undefined): Schema {
  if (field.fieldKind === "list") return { type: "array", items: valueSchema(field) };
  if (name === timeName) return { type: "string", format: "date-time" };
  return valueSchema(field);
}
