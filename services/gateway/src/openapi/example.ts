import type { Schema } from "./field-rules.ts";

/** Objects in objects are shown to this depth; what must be there is shown in any case. */
const DEPTH_MAX = 6;
/** Texts among which one keeps the pattern of a field. */
const TEXTS = [
  "example",
  "en",
  "7",
  "DE",
  "tasks:read",
  "/v1/projects/7/task-events",
  "#example",
  "1s",
  "7200s",
  "a",
  "abcdefgh",
];
const LONG = "Example ";

const BY_FORMAT: Record<string, string> = {
  "date-time": "2026-11-22T09:30:00Z",
  uuid: "0b7f2c52-7a0e-4e0b-9a3c-6c1c0a1f4d1e",
  email: "someone@example.org",
  uri: "https://example.org/",
  hostname: "example.org",
  int64: "7",
  uint64: "7",
};

const RING = [
  [10, 10],
  [10.5, 10],
  [10.5, 10.5],
  [10, 10.5],
  [10, 10],
];

/** Makes an example of what a schema describes. It is valid: a test says so for every schema of the contracts. */
export function exampleOf(schema: Schema, schemas: Record<string, Schema>, depth = 0): unknown {
  if (schema.example !== undefined) return schema.example;
  if (typeof schema.$ref === "string") {
    const name = schema.$ref.split("/").at(-1) as string;
    if (name === "Ring") return RING;
    return exampleOf(schemas[name] as Schema, schemas, depth);
  }
  const [base] = (schema.allOf ?? []) as Schema[];
  if (base !== undefined) return exampleOf(base, schemas, depth);
  const [choice] = (schema.anyOf ?? schema.oneOf ?? []) as Schema[];
  if (choice !== undefined && schema.type === undefined) return exampleOf(choice, schemas, depth);
  if (schema.const !== undefined) return schema.const;
  if (Array.isArray(schema.enum))
    return schema.enum.find((it) => !String(it).endsWith("UNSPECIFIED")) ?? schema.enum[0];
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  switch (type) {
    case "object":
      return exampleObject(schema, schemas, depth);
    case "array":
      return exampleList(schema, schemas, depth);
    case "integer":
    case "number":
      return exampleNumber(schema);
    case "boolean":
      return false;
    case "null":
      return null;
    case "string":
      return exampleText(schema);
    default:
      return {};
  }
}

function exampleObject(schema: Schema, schemas: Record<string, Schema>, depth: number): unknown {
  const properties = (schema.properties ?? {}) as Record<string, Schema>;
  const [choice] = (schema.oneOf ?? []) as Schema[];
  const required = [...((schema.required ?? []) as string[]), ...((choice?.required ?? []) as string[])];
  const least = Number(schema.minProperties ?? 0);
  const names = required.length > 0 ? required : someOf(properties, depth);
  const shown = depth < DEPTH_MAX ? names : required;
  const entries = shown.map((name) => [name, exampleOf(properties[name] as Schema, schemas, depth + 1)]);
  for (let at = entries.length; at < least; at++)
    entries.push([`example${at}`, exampleOf(schema.additionalProperties as Schema, schemas, depth + 1)]);
  return Object.fromEntries(entries);
}

/** How many properties are shown of an object that needs none: a row of a list, of which a request may choose the fields. */
const SOME = 3;

/** The first property of a body, and some single values of an object within one. */
function someOf(properties: Record<string, Schema>, depth: number): string[] {
  if (depth === 0) return Object.keys(properties).slice(0, 1);
  const single = Object.entries(properties).filter(([, { type }]) => type === "string" || type === "integer");
  return single.map(([name]) => name).slice(0, SOME);
}

function exampleList(schema: Schema, schemas: Record<string, Schema>, depth: number): unknown {
  const least = Math.max(Number(schema.minItems ?? 0), depth < DEPTH_MAX ? 1 : 0);
  return Array.from({ length: least }, () => exampleOf((schema.items ?? {}) as Schema, schemas, depth + 1));
}

const USUAL = 7;

function exampleNumber({ minimum, exclusiveMinimum, maximum, exclusiveMaximum }: Schema): number {
  const least = Math.max(Number(minimum ?? -Infinity), Number(exclusiveMinimum ?? -Infinity) + 1);
  const most = Math.min(Number(maximum ?? Infinity), Number(exclusiveMaximum ?? Infinity) - 1);
  return Math.min(Math.max(USUAL, least), most);
}

function exampleText({ format, pattern, minLength, maxLength, contentEncoding }: Schema): string {
  if (contentEncoding === "base64") return "ZXhhbXBsZQ==";
  const known = BY_FORMAT[String(format)];
  if (known !== undefined && fits(known, pattern)) return known;
  const text = TEXTS.find((it) => fits(it, pattern)) ?? "";
  const least = Number(minLength ?? 0);
  const most = Number(maxLength ?? Infinity);
  return text.padEnd(least, pattern === undefined ? LONG : text).slice(0, Math.max(most, 0));
}

function fits(text: string, pattern: unknown): boolean {
  return typeof pattern !== "string" || new RegExp(pattern, "u").test(text);
}
