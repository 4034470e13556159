import type { OpenApiDocument } from "../openapi/document.ts";
import type { Schema } from "../openapi/field-rules.ts";

/**
 * What made the messages that answers show. Services keep the rules of the contract. Handlers of a test say only what the test
 * needs: they leave messages out, and their values keep no rules. What the gateway makes of them is the same.
 */
export type Maker = "services" | "handlers";

/** Rules for values that are the services' to keep. */
const RULES = new Set([
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "pattern",
  "format",
  "minLength",
  "maxLength",
  "minItems",
  "maxItems",
  "uniqueItems",
]);

/**
 * Returns a schema in which objects have no members but those that are described. Clients must let in others; a test must not, or
 * what is not described would not be found.
 */
export function closedSchema(given: Schema, maker: Maker, document: OpenApiDocument): Schema {
  const below = (it: unknown): unknown => {
    if (Array.isArray(it)) return it.map(below);
    return typeof it === "object" && it !== null ? closedSchema(it as Schema, maker, document) : it;
  };
  const entries = Object.entries(given)
    .filter(([key]) => key !== "example" && (maker === "services" || !RULES.has(key)))
    // Properties may be called like keywords.
    .map(([key, it]) => [key, key === "properties" ? eachOf(it as Schema, below) : below(it)]);
  const schema = Object.fromEntries(entries) as Schema;
  const { type, properties, additionalProperties, required } = schema;
  if (type !== "object" || properties === undefined) return schema;
  if (additionalProperties === undefined) schema.additionalProperties = false;
  if (maker === "handlers" && required !== undefined) {
    const isAlways = (name: string) => isWritten((properties as Schema)[name] as Schema, document);
    schema.required = (required as string[]).filter(isAlways);
  }
  return schema;
}

/** Returns the schemas of a document, closed. */
export function closedSchemas(document: OpenApiDocument, maker: Maker): Schema {
  return eachOf(document.components.schemas, (it) => closedSchema(it as Schema, maker, document));
}

function eachOf(schemas: Schema, change: (schema: unknown) => unknown): Schema {
  return Object.fromEntries(Object.entries(schemas).map(([name, it]) => [name, change(it)]));
}

/** Whether the gateway writes a member whatever a handler says: of scalars and lists nothing is a value too. */
function isWritten(schema: Schema, { components }: OpenApiDocument): boolean {
  const { $ref } = schema;
  if (typeof $ref === "string")
    return components.schemas[$ref.split("/").at(-1) as string]?.enum !== undefined;
  const isTime = schema.format === "date-time";
  return schema.const !== undefined || (schema.type !== "object" && schema.type !== undefined && !isTime);
}
