import type { OpenApiDocument } from "./document.ts";
import type { Schema } from "./field-rules.ts";

/**
 * The same document in OpenAPI 3.0, for programs that read no newer one. What 3.0 cannot say is left out: a constant is an
 * enum of one, null is `nullable`, and a reference stands alone.
 */
export function downConverted(document: OpenApiDocument): OpenApiDocument {
  const { license, ...info } = document.info as { license: { name: string } } & Schema;
  const { name } = license;
  const converted = converting(document) as OpenApiDocument;
  const url = "https://www.apache.org/licenses/LICENSE-2.0";
  return { ...converted, openapi: "3.0.3", info: { ...info, license: { name, url } } };
}

function converting(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(converting);
  if (typeof value !== "object" || value === null) return value;
  const schema = value as Schema;
  const { $ref, ...others } = schema;
  if (typeof $ref === "string") return reference($ref, others);
  const entries = Object.entries(schema).map(([key, it]) => [key, isData(key) ? it : converting(it)]);
  return older(Object.fromEntries(entries) as Schema);
}

/** What holds values, and no schemas. */
function isData(key: string): boolean {
  return key === "example" || key === "enum" || key === "const" || key === "required";
}

/** Beside a reference nothing counts in 3.0. */
function reference($ref: string, others: Schema): Schema {
  const rest = converting(others) as Schema;
  return Object.keys(rest).length === 0 ? { $ref } : { ...rest, allOf: [{ $ref }] };
}

function older(schema: Schema): Schema {
  return withoutNull(withoutConst(withoutEncoding(withoutExclusive(schema))));
}

function withoutConst({ const: constant, ...schema }: Schema): Schema {
  return constant === undefined ? schema : { type: typeof constant, ...schema, enum: [constant] };
}

function withoutEncoding({ contentEncoding, contentMediaType, ...schema }: Schema): Schema {
  if (contentEncoding === "base64") return { ...schema, format: "byte" };
  return contentMediaType === undefined ? schema : { ...schema, format: "binary" };
}

function withoutExclusive(schema: Schema): Schema {
  const { exclusiveMinimum, exclusiveMaximum, ...rest } = schema;
  return {
    ...rest,
    ...(typeof exclusiveMinimum === "number" && { minimum: exclusiveMinimum, exclusiveMinimum: true }),
    ...(typeof exclusiveMaximum === "number" && { maximum: exclusiveMaximum, exclusiveMaximum: true }),
  };
}

function withoutNull(schema: Schema): Schema {
  if (Array.isArray(schema.type)) {
    const [type] = schema.type.filter((it) => it !== "null");
    return { ...schema, type, ...(schema.type.includes("null") && { nullable: true }) };
  }
  for (const key of ["anyOf", "oneOf"] as const) {
    const choices = schema[key];
    if (!Array.isArray(choices)) continue;
    const others = choices.filter((it: Schema) => it.type !== "null");
    if (others.length === choices.length) continue;
    const { [key]: _, ...rest } = schema;
    const [only] = others as Schema[];
    const one = others.length === 1 && only !== undefined;
    return { ...rest, nullable: true, ...(one ? { allOf: [only] } : { [key]: others }) };
  }
  return schema;
}
