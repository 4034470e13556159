import type { DescField } from "@bufbuild/protobuf";
import { includable, type Resolvers } from "../documents/included.ts";
import type { Offer } from "../documents/negotiate.ts";
import { messageOf } from "../routes/geometry-field.ts";
import type { Schema } from "./field-rules.ts";
import type { Parameter } from "./parameters.ts";
import { componentOf, type SchemaBook } from "./schema-book.ts";

/** The parameter that asks for what an answer mentions, where some form of it can include that. */
export function includeParameter(offers: readonly Offer[], resolvers: Resolvers): Parameter[] {
  const kinds = [...new Set(offers.flatMap(({ route, form }) => includable(resolvers, route, form)))];
  if (kinds.length === 0) return [];
  return [
    {
      name: "include",
      in: "query",
      description: "What the answer mentions by its id, and is to have in the member `included`.",
      style: "form",
      explode: false,
      schema: { type: "array", items: { type: "string", enum: kinds } },
    },
  ];
}

/** The schema of an answer in one form, which may have what it mentions. */
export function withIncluded(
  schema: Schema,
  { route, form }: Offer,
  resolvers: Resolvers,
  book: SchemaBook,
): Schema {
  if (includable(resolvers, route, form).length === 0) return schema;
  const whole = () => ({
    description: "The answer, with what it mentions where the parameter `include` asks for that.",
    allOf: [schema, includedSchema(resolvers, book)],
  });
  // What has no name of its own is described where it stands.
  return schema.$ref === undefined
    ? whole()
    : book.named(`${componentOf(schema)}WithIncluded`, withIncluded, whole);
}

function includedSchema(resolvers: Resolvers, book: SchemaBook): Schema {
  return book.named("Included", includedSchema, () => ({
    type: "object",
    description: "What a document mentions, with the parameter `include`.",
    properties: {
      included: {
        type: "object",
        description: "By kind: what the caller may see of it.",
        properties: Object.fromEntries([...resolvers].map(([kind, { rows }]) => [kind, listOf(rows, book)])),
      },
      included_incomplete: {
        type: "boolean",
        description: "`true` if the answer mentions more than is included.",
      },
    },
  }));
}

function listOf(rows: DescField, book: SchemaBook): Schema {
  const desc = messageOf(rows);
  return { type: "array", items: desc === undefined ? {} : book.message(desc, "answer", rows) };
}
