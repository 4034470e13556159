import { isDeepStrictEqual } from "node:util";
import type { DescEnum, DescField, DescMessage } from "@bufbuild/protobuf";
import { getOption } from "@bufbuild/protobuf";
import { oneof as oneofOption } from "@tessera/contracts/buf/validate/validate_pb.ts";
import { commentOf } from "@tessera/contracts/comments.ts";
import { headersIn, leftOutOf } from "../documents/left-out.ts";
import { fieldsByName, isLeaf } from "../requests/read-message.ts";
import { isGeometry, messageOf } from "../routes/geometry-field.ts";
import {
  hasPresence,
  keywordsOf,
  mustBeGiven,
  notAmong,
  rulesOfField,
  rulesOfItems,
  type Schema,
} from "./field-rules.ts";
import { GEO_SCHEMAS } from "./geo-schemas.ts";
import { enumSchema, scalarSchema, wellKnownSchema } from "./leaf-schemas.ts";
import { describedBy, describedField, proseOf } from "./prose.ts";

/** Which side of the wire a schema describes: what is answered, what is sent, or a merge patch. */
export type Side = "answer" | "request" | "patch";

/** What else than its message decides the schema of an object. */
export interface Part {
  /** The name of the component. */
  name: string;
  side: Side;
  /** The fields that it has; all, without it. */
  fields: readonly DescField[];
  /** Fields that may be absent, though the contract says otherwise. */
  optional?: boolean;
  description?: string;
}

/** A reference to a component. */
export interface Reference {
  $ref: string;
}

const ENDS: Record<Side, string> = { answer: "", request: "Input", patch: "Patch" };

/** The named components of a document. What is referred to is added. */
export class SchemaBook {
  readonly schemas: Record<string, Schema> = {};
  readonly responses: Record<string, Schema> = {};
  readonly parameters: Record<string, object> = {};
  readonly #owners = new Map<string, unknown>();

  /** A reference to a schema that has a name. `make` is called once for each name. */
  named(name: string, owner: unknown, make: () => Schema): Schema {
    const known = this.#owners.get(name);
    if (known === undefined) {
      this.#owners.set(name, owner);
      // A message may lie within one of its own kind.
      this.schemas[name] = {};
      this.schemas[name] = make();
    } else if (known !== owner) throw new Error(`Two schemas are called ${name}`);
    return { $ref: `#/components/schemas/${name}` };
  }

  /** A reference to a parameter that many operations have. */
  parameter(name: string, parameter: object): Reference {
    this.parameters[name] = parameter;
    return { $ref: `#/components/parameters/${name}` };
  }

  /** A reference to a response that several operations have. */
  response(name: string, make: () => Schema): Schema {
    const response = make();
    this.responses[name] ??= response;
    if (!isDeepStrictEqual(this.responses[name], response))
      throw new Error(`Two responses are called ${name}`);
    return { $ref: `#/components/responses/${name}` };
  }

  /** A reference to one of the schemas of GeoJSON, and what it refers to. */
  geo(name: string): Schema {
    return this.named(name, GEO_SCHEMAS, () => {
      const schema = GEO_SCHEMAS[name] as Schema;
      for (const [, other] of JSON.stringify(schema).matchAll(/"#\/components\/schemas\/(\w+)"/g))
        this.geo(other as string);
      return schema;
    });
  }

  /** The schema of a message. Documents in a field may carry fewer fields, and these have a name of their own. */
  message(desc: DescMessage, side: Side, holder?: DescField): Schema {
    const without = side === "answer" && holder ? leftOutOf(holder) : [];
    const fields = shownFields(desc, side).filter(({ name }) => !without.includes(name));
    const name = `${without.length > 0 ? `${shortName(holder as DescField)}${desc.name}` : nameOf(desc)}${ENDS[side]}`;
    return this.part(desc, { name, side, fields });
  }

  /** The schema of some fields of a message. */
  part(desc: DescMessage, part: Part): Schema {
    return this.named(part.name, desc, () => this.#object(desc, part));
  }

  #object(desc: DescMessage, part: Part): Schema {
    const { side, fields, optional = false, description } = part;
    const choices = side === "request" ? requiredChoices(desc, fields) : [];
    const choice = choices.find((members) => members.length > 1);
    if (choice !== undefined) return this.#oneOf(choice, desc, part);
    const chosen = choices.flat();
    const properties = fields.map((field) => [field.name, this.field(field, side)] as const);
    const required = fields
      .filter((field) => !optional && (isRequired(field, side) || chosen.includes(field)))
      .map(({ name }) => name);
    return {
      type: "object",
      ...(description === undefined ? describedBy(desc) : { description }),
      ...(required.length > 0 && { required }),
      properties: Object.fromEntries(properties),
      ...(side !== "answer" && { additionalProperties: false }),
    };
  }

  /** A schema for each field of which one must be set. */
  #oneOf(choice: readonly DescField[], desc: DescMessage, { description, ...part }: Part): Schema {
    const of = (field: DescField): Schema => {
      const name = `${part.name}With${field.name.split("_").map(capitalised).join("")}`;
      const fields = part.fields.filter((it) => it === field || !choice.includes(it));
      return this.part(desc, { ...part, name, fields });
    };
    return {
      ...(description === undefined ? describedBy(desc) : { description }),
      oneOf: choice.map(of),
    };
  }

  /** The schema of a field. */
  field(field: DescField, side: Side): Schema {
    const described = describedField(field);
    const schema = this.#bare(field, side);
    const nullable = side === "patch" && !mustBeGiven(field);
    return { ...(nullable ? orNull(schema) : schema), ...described };
  }

  #bare(field: DescField, side: Side): Schema {
    // What stands in a list is replaced as a whole.
    const below = side === "patch" && field.fieldKind !== "message" ? "request" : side;
    if (field.fieldKind === "list") {
      const items = this.#value(field, below, rulesOfItems(field));
      const array = { type: "array", items, ...keywordsOf(rulesOfField(field)) };
      if (!isGeometry(field) || side === "answer") return array;
      return { anyOf: [array, this.geo("AreaCollectionInput"), this.geo("GeometryCollectionInput")] };
    }
    if (field.fieldKind === "map") {
      const values = this.#value(field, below, undefined);
      return { type: "object", additionalProperties: values, ...keywordsOf(rulesOfField(field)) };
    }
    return this.#value(field, below, rulesOfField(field));
  }

  #value(field: DescField, side: Side, rules: ReturnType<typeof rulesOfItems>): Schema {
    const desc = messageOf(field);
    if (desc !== undefined) {
      if (isGeometry(field)) return this.geo(side === "answer" ? "Area" : "AreaInput");
      return isLeaf(desc) ? wellKnownSchema(desc, field) : this.message(desc, side, field);
    }
    if (field.enum !== undefined) return this.#enum(field.enum, side === "answer" ? undefined : rules);
    return scalarSchema(field.scalar as NonNullable<DescField["scalar"]>, rules);
  }

  #enum(desc: DescEnum, rules: ReturnType<typeof rulesOfItems>): Schema {
    if (notAmong(rules).length > 0) return enumSchema(desc, rules);
    return this.named(nameOf(desc), desc, () => ({
      ...enumSchema(desc, undefined),
      ...describedEnum(desc),
    }));
  }
}

function describedEnum(desc: DescEnum): { description: string } {
  const values = desc.values.map((it) => `- \`${it.name}\`: ${proseOf(commentOf(it))}`);
  return { description: [proseOf(commentOf(desc)), values.join("\n")].join("\n\n") };
}

/** The fields of a message that one side has. */
function shownFields(desc: DescMessage, side: Side): readonly DescField[] {
  if (side !== "answer") return [...new Set(fieldsByName(desc).values())];
  const headers = headersIn(desc);
  return desc.fields.filter(({ name }) => !headers.includes(name));
}

function isRequired(field: DescField, side: Side): boolean {
  if (side === "patch") return false;
  if (side === "request") return mustBeGiven(field);
  return !hasPresence(field) || rulesOfField(field).required;
}

/** The fields of each oneof of which one must be set. */
function requiredChoices(desc: DescMessage, fields: readonly DescField[]): DescField[][] {
  return desc.oneofs
    .filter((it) => getOption(it, oneofOption).required)
    .map((it) => it.fields.filter((member) => fields.includes(member)));
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function orNull(schema: Schema): Schema {
  if (typeof schema.type === "string" && schema.enum === undefined)
    return { ...schema, type: [schema.type, "null"] };
  return { anyOf: [schema, { type: "null" }] };
}

/** The name of the component that a schema refers to. */
export function componentOf({ $ref }: Schema): string {
  return ($ref as string).split("/").at(-1) as string;
}

/** The name of a message or an enum without its package. */
export function nameOf({ typeName, file }: DescMessage | DescEnum): string {
  return typeName.slice(file.proto.package.length + 1);
}

/** The name of what holds a field, without what the names of all responses end with. */
export function shortName({ parent }: DescField): string {
  return nameOf(parent).replace(/Response$/, "");
}
