import * as fc from "fast-check";
import type { OpenApiDocument } from "../openapi/document.ts";
import type { Schema } from "../openapi/field-rules.ts";

/** Objects within objects beyond this depth have only the members that they must have. */
const DEPTH_MAX = 4;
const LIST_MAX = 3;
const TEXT_MAX = 40;

/** A ring that is closed and does not cross itself. The document says so in words. */
const SQUARE = [
  [10, 10],
  [10.5, 10],
  [10.5, 10.5],
  [10, 10.5],
  [10, 10],
];

/** The values that a schema of the document describes, as far as they go in a request. */
export function valuesOf(schema: Schema, document: OpenApiDocument, depth = 0): fc.Arbitrary<unknown> {
  const { schemas } = document.components;
  if (typeof schema.$ref === "string") {
    const name = schema.$ref.split("/").at(-1) as string;
    return geometryOf(name, schemas) ?? valuesOf(schemas[name] as Schema, document, depth);
  }
  const choices = (schema.anyOf ?? schema.oneOf) as Schema[] | undefined;
  if (choices !== undefined) return fc.oneof(...choices.map((it) => valuesOf(it, document, depth)));
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (Array.isArray(schema.enum)) return fc.constantFrom(...schema.enum);
  const types = [schema.type ?? "object"].flat() as string[];
  return fc.oneof(...types.map((type) => typed(type, schema, document, depth)));
}

/** Geometry of one part: what parts may do to each other is no matter of form. */
function geometryOf(name: string, schemas: Record<string, Schema>): fc.Arbitrary<unknown> | undefined {
  if (schemas[name] === undefined) return undefined;
  if (name === "PolygonGeometry") return fc.constant({ type: "Polygon", coordinates: [SQUARE] });
  if (name === "Area") return fc.constant({ type: "MultiPolygon", coordinates: [[SQUARE]] });
  if (name === "Position")
    return fc.tuple(fc.integer({ min: -179, max: 179 }), fc.integer({ min: -80, max: 80 }));
  return undefined;
}

function typed(
  type: string,
  schema: Schema,
  document: OpenApiDocument,
  depth: number,
): fc.Arbitrary<unknown> {
  switch (type) {
    case "object":
      return objects(schema, document, depth);
    case "array":
      return lists(schema, document, depth);
    case "integer":
      return fc.integer(rangeOf(schema, 2 ** 31 - 1));
    case "number":
      return fc.integer(rangeOf(schema, 1_000));
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    default:
      return texts(schema);
  }
}

function objects(schema: Schema, document: OpenApiDocument, depth: number): fc.Arbitrary<unknown> {
  const properties = (schema.properties ?? {}) as Record<string, Schema>;
  const requiredKeys = (schema.required ?? []) as string[];
  const names = Object.keys(properties).filter((name) => requiredKeys.includes(name) || depth < DEPTH_MAX);
  const model = names.map((name) => [name, valuesOf(properties[name] as Schema, document, depth + 1)]);
  return fc.record(Object.fromEntries(model) as Record<string, fc.Arbitrary<unknown>>, { requiredKeys });
}

function lists(schema: Schema, document: OpenApiDocument, depth: number): fc.Arbitrary<unknown> {
  const items = valuesOf((schema.items ?? {}) as Schema, document, depth + 1);
  const minLength = Number(schema.minItems ?? 0);
  const maxLength = Math.max(minLength, Math.min(Number(schema.maxItems ?? LIST_MAX), LIST_MAX));
  return schema.uniqueItems === true
    ? fc.uniqueArray(items, { minLength, maxLength, selector: (it) => JSON.stringify(it) })
    : fc.array(items, { minLength, maxLength });
}

function rangeOf(schema: Schema, widest: number): { min: number; max: number } {
  const {
    minimum = -widest,
    exclusiveMinimum = -Infinity,
    maximum = widest,
    exclusiveMaximum = Infinity,
  } = schema as Record<string, number>;
  return {
    min: Math.ceil(Math.max(minimum, exclusiveMinimum + 1)),
    max: Math.floor(Math.min(maximum, exclusiveMaximum - 1)),
  };
}

function texts({ format, pattern, minLength, maxLength, contentEncoding }: Schema): fc.Arbitrary<unknown> {
  const least = Number(minLength ?? 0);
  const most = Math.min(Number(maxLength ?? TEXT_MAX), Math.max(TEXT_MAX, least));
  if (format === "date-time")
    return fc
      .date({ min: new Date(0), max: new Date("2199-01-01"), noInvalidDate: true })
      .map((it) => it.toISOString());
  if (format === "uuid") return fc.uuid();
  if (format === "int64") return fc.bigInt(1n, 2n ** 62n).map(String);
  if (contentEncoding === "base64") return fc.base64String({ maxLength: TEXT_MAX });
  if (typeof pattern !== "string") return fc.string({ minLength: least, maxLength: most });
  return fc.stringMatching(sized(pattern, least, most)).filter((it) => it.length <= most);
}

/** A pattern of one class of characters, with the length in it: values that are filtered by length may never come. */
function sized(pattern: string, least: number, most: number): RegExp {
  const sizedPattern = /^\^\[(?:[^\]\\]|\\.)+\][+*]\$$/.test(pattern)
    ? pattern.replace(/([+*])\$$/, (_, sign) => `{${Math.max(least, sign === "+" ? 1 : 0)},${most}}$`)
    : pattern;
  return new RegExp(sizedPattern);
}
