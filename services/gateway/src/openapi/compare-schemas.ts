import { isDeepStrictEqual } from "node:util";
import type { Schema } from "./field-rules.ts";

/** Which way values of a schema go: clients send them, or read them. */
export type Way = "sent" | "read";

/** A breaking change: where, and what. */
export type Report = (where: string, what: string) => void;

/** Two documents, and the pairs of schemas that are compared already. */
export interface Pair {
  before: Record<string, Schema>;
  after: Record<string, Schema>;
  seen: Set<string>;
}

/** Reports what of a schema changed so that clients which know the one before are refused, or read what they do not know. */
export function compareSchemas(
  pair: Pair,
  way: Way,
  where: string,
  [before, after]: readonly [unknown, unknown],
  report: Report,
): void {
  if (isDeepStrictEqual(before, after) && typeof (before as Schema)?.$ref !== "string") return;
  const key = `${way} ${JSON.stringify(before)} ${JSON.stringify(after)}`;
  if (pair.seen.has(key)) return;
  pair.seen.add(key);
  const [old, now] = [resolved(pair.before, before), resolved(pair.after, after)];
  const at = { pair, way, where, report };
  compareValues(at, old, now);
  compareProperties(at, old, now);
  for (const name of ["items", "additionalProperties"]) {
    const [one, other] = [old[name], now[name]];
    if (isSchema(one) && isSchema(other)) compareSchemas(pair, way, `${where}/${name}`, [one, other], report);
  }
  compareChoices(at, old, now);
}

interface At {
  pair: Pair;
  way: Way;
  where: string;
  report: Report;
}

/** What a schema says with all that it refers to, and with the members of all that it consists of. */
function resolved(schemas: Record<string, Schema>, schema: unknown): Schema {
  const { $ref, allOf, ...rest } = (schema ?? {}) as Schema;
  if (typeof $ref === "string") return resolved(schemas, schemas[$ref.split("/").at(-1) as string]);
  if (!Array.isArray(allOf)) return rest;
  const parts = [...allOf.map((it) => resolved(schemas, it)), rest];
  const properties = Object.assign({}, ...parts.map((it) => it.properties));
  return Object.assign({}, ...parts, { properties, required: parts.flatMap(requiredOf) });
}

function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null;
}

/** Limits of which a larger value refuses more, and those of which a smaller one does. */
const LEAST = ["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"];
const MOST = ["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"];

function compareValues({ way, where, report }: At, old: Schema, now: Schema): void {
  const [oldTypes, nowTypes] = [typesOf(old), typesOf(now)];
  const lost = way === "sent" ? oldTypes.filter((it) => !nowTypes.includes(it)) : [];
  const gained = way === "read" ? nowTypes.filter((it) => !oldTypes.includes(it)) : [];
  if (nowTypes.length > 0 && lost.length > 0) report(where, `takes no ${lost.join(" and no ")} any more`);
  if (oldTypes.length > 0 && (gained.length > 0 || nowTypes.length === 0))
    report(where, `was ${oldTypes.join(" or ")} and is ${nowTypes.join(" or ") || "anything"}`);
  if (way === "read") {
    if (old.format !== now.format) report(where, `its format was ${old.format} and is ${now.format}`);
    if (old.const !== undefined && old.const !== now.const) report(where, `was always ${old.const}`);
    return;
  }
  const removed = valuesOf(old)?.filter((it) => !(valuesOf(now)?.includes(it) ?? true)) ?? [];
  if (removed.length > 0) report(where, `does not take ${removed.join(", ")} any more`);
  if (valuesOf(old) === undefined && valuesOf(now) !== undefined) report(where, "takes some values only");
  for (const name of LEAST)
    if (number(now[name], -Infinity) > number(old[name], -Infinity)) report(where, `${name} rose`);
  for (const name of MOST)
    if (number(now[name], Infinity) < number(old[name], Infinity)) report(where, `${name} fell`);
  for (const name of ["pattern", "format", "uniqueItems"])
    if (now[name] !== undefined && now[name] !== old[name]) report(where, `${name} is another`);
}

function typesOf({ type }: Schema): string[] {
  return type === undefined ? [] : ([type].flat() as string[]);
}

function valuesOf({ enum: among, const: only }: Schema): unknown[] | undefined {
  return only === undefined ? (among as unknown[] | undefined) : [only];
}

function number(value: unknown, otherwise: number): number {
  return typeof value === "number" ? value : otherwise;
}

function compareProperties({ pair, way, where, report }: At, old: Schema, now: Schema): void {
  const before = (old.properties ?? {}) as Record<string, Schema>;
  const after = (now.properties ?? {}) as Record<string, Schema>;
  const [oldRequired, nowRequired] = [requiredOf(old), requiredOf(now)];
  for (const [name, schema] of Object.entries(before)) {
    const at = `${where}/${name}`;
    if (after[name] === undefined) {
      if (way === "read" || now.additionalProperties === false) report(at, "is no member any more");
      continue;
    }
    if (way === "read" && oldRequired.includes(name) && !nowRequired.includes(name))
      report(at, "was always there and may be absent");
    compareSchemas(pair, way, at, [schema, after[name]], report);
  }
  if (way === "sent")
    for (const name of nowRequired)
      if (!oldRequired.includes(name)) report(`${where}/${name}`, "must be given now");
}

function requiredOf({ required }: Schema): string[] {
  return (required ?? []) as string[];
}

/** What was one of several choices must still be one of them. */
function compareChoices({ pair, way, where, report }: At, old: Schema, now: Schema): void {
  const [before, after] = [choicesOf(old), choicesOf(now)];
  if (before.length === 0 && after.length === 0) return;
  const [known, wanted] = way === "sent" ? [after, before] : [before, after];
  for (const choice of wanted) {
    const fits = known.some((it) => {
      let broken = false;
      const ofThese = way === "sent" ? ([choice, it] as const) : ([it, choice] as const);
      compareSchemas({ ...pair, seen: new Set(pair.seen) }, way, where, ofThese, () => {
        broken = true;
      });
      return !broken;
    });
    if (!fits)
      report(where, way === "sent" ? "takes one choice less" : "has a choice that clients do not know");
  }
}

/** A schema without choices is the only one of its own. */
function choicesOf(schema: Schema): unknown[] {
  const choices = schema.anyOf ?? schema.oneOf;
  return Array.isArray(choices) ? choices : [];
}
