import type { OpenApiDocument } from "./document.ts";
import type { Schema } from "./field-rules.ts";

type Schemas = Record<string, Schema>;

/**
 * The same document in OpenAPI 3.0, for programs that read no newer one. What 3.0 cannot say is left out: a constant is an
 * enum of one, null is `nullable`, and a reference stands alone.
 */
export function downConverted(document: OpenApiDocument): OpenApiDocument {
  const { license, ...info } = document.info as { license: { name: string } } & Schema;
  const { name } = license;
  const converted = converting(document, document.components.schemas) as OpenApiDocument;
  const url = "https://www.apache.org/licenses/LICENSE-2.0";
  return { ...converted, openapi: "3.0.3", info: { ...info, license: { name, url } } };
}

function converting(value: unknown, schemas: Schemas): unknown {
  if (Array.isArray(value)) return value.map((it) => converting(it, schemas));
  if (typeof value !== "object" || value === null) return value;
  const { $ref, ...others } = value as Schema;
  if (typeof $ref === "string") return reference($ref, others, schemas);
  const entries = Object.entries(value).map(([key, it]) => {
    if (DATA.has(key)) return [key, it];
    return [key, key === "properties" ? eachConverted(it as Schemas, schemas) : converting(it, schemas)];
  });
  return withoutNull(withoutConst(withoutEncoding(withoutExclusive(Object.fromEntries(entries)))), schemas);
}

/** What holds values, and no schemas. */
const DATA: ReadonlySet<string> = new Set(["example", "enum", "const", "required"]);

/** The names of properties are no keywords. */
function eachConverted(properties: Schemas, schemas: Schemas): Schema {
  return Object.fromEntries(Object.entries(properties).map(([name, it]) => [name, converting(it, schemas)]));
}

/** Beside a reference nothing counts in 3.0. */
function reference($ref: string, others: Schema, schemas: Schemas): Schema {
  const rest = converting(others, schemas) as Schema;
  return Object.keys(rest).length === 0 ? { $ref } : { ...rest, allOf: [{ $ref }] };
}

function withoutConst({ const: constant, ...schema }: Schema): Schema {
  return constant === undefined ? schema : { type: typeof constant, ...schema, enum: [constant] };
}

function withoutEncoding({ contentEncoding, contentMediaType, ...schema }: Schema): Schema {
  if (contentEncoding === "base64") return { ...schema, format: "byte" };
  return contentMediaType === undefined ? schema : { ...schema, format: "binary" };
}

function withoutExclusive({ exclusiveMinimum, exclusiveMaximum, ...schema }: Schema): Schema {
  return {
    ...schema,
    ...(typeof exclusiveMinimum === "number" && { minimum: exclusiveMinimum, exclusiveMinimum: true }),
    ...(typeof exclusiveMaximum === "number" && { maximum: exclusiveMaximum, exclusiveMaximum: true }),
  };
}

/** Null among several choices is a value of the first of them. */
function withoutNull(schema: Schema, schemas: Schemas): Schema {
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
    const [first, ...more] = others as [Schema, ...Schema[]];
    if (more.length === 0) return { ...rest, ...orNull(first, schemas) };
    return { ...rest, [key]: [orNull(first, schemas), ...more] };
  }
  return schema;
}

function orNull(schema: Schema, schemas: Schemas): Schema {
  const wrapped = typeof schema.type === "string" ? schema : { allOf: [schema] };
  return { type: typeOf(schema, schemas), nullable: true, ...wrapped };
}

function typeOf({ $ref, type, anyOf }: Schema, schemas: Schemas): unknown {
  if (typeof $ref === "string") return typeOf(schemas[$ref.split("/").at(-1) as string] ?? {}, schemas);
  const [first] = (anyOf ?? []) as Schema[];
  return type ?? (first === undefined ? "object" : typeOf(first, schemas));
}
