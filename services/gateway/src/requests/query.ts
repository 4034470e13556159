import { create, type DescField, type DescMessage, type Message, ScalarType } from "@bufbuild/protobuf";
import { type FieldMask, FieldMaskSchema } from "@bufbuild/protobuf/wkt";
import type { Fault } from "../http-refusal.ts";
import { isGeometry, messageOf } from "../routes/geometry-field.ts";
import type { Route } from "../routes/route.ts";
import { fieldValue, otherChosen, setFieldValue } from "./field-value.ts";
import { readLeaf } from "./read-leaf.ts";
import { fieldsByName, hintOf, isLeaf } from "./read-message.ts";

/** One parameter of a query, decoded. */
export interface Parameter {
  name: string;
  value: string;
}

/** Takes a query string apart. What cannot be decoded is noted and left out. */
export function parseQuery(query: string, faults: Fault[]): Parameter[] {
  if (query === "") return [];
  const parameters: Parameter[] = [];
  for (const pair of query.split("&")) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    const [name, value] = equals === -1 ? [pair, ""] : [pair.slice(0, equals), pair.slice(equals + 1)];
    try {
      parameters.push({ name: decode(name), value: decode(value) });
    } catch {
      faults.push(fault(name, "is not percent-encoded UTF-8", "query.encoding"));
    }
  }
  return parameters;
}

/** Reads the parameters of a query into the fields that neither path, body nor header fills; notes all others. */
export function readQuery(
  route: Route,
  message: Message,
  parameters: readonly Parameter[],
  faults: Fault[],
): void {
  const seen = new Set<string>();
  for (const { name, value } of parameters) {
    const path = fieldPath(route.rpc.input, name);
    const wrong =
      path === undefined ? `is not a parameter here${hintOf(name, route.rpc.input)}` : objection(route, path);
    if (path === undefined || wrong !== undefined) {
      faults.push(fault(name, wrong ?? "", "field.unknown"));
      continue;
    }
    const field = path.at(-1) as DescField;
    const above = messageAbove(message, path);
    const dotted = path.map((it) => it.name).join(".");
    if ((!isMany(field) && seen.has(dotted)) || otherChosen(above, field)) {
      faults.push(fault(name, "is given more than once", "field.twice"));
      continue;
    }
    seen.add(dotted);
    const expected = readText(above, field, value);
    if (expected !== undefined) faults.push(fault(name, expected, "field.type"));
  }
}

/** Reads text, as paths and queries have it, into a field. Returns what it should have been, if it is not. */
export function readText(message: Message, field: DescField, text: string): string | undefined {
  if (isMask(field)) {
    const { paths } = (fieldValue(message, field) ?? { paths: [] }) as FieldMask;
    setFieldValue(message, field, create(FieldMaskSchema, { paths: [...paths, ...namesIn(text)] }));
    return undefined;
  }
  const json =
    field.scalar === ScalarType.BOOL && /^(true|false)$/.test(text)
      ? text === "true"
      : plusAgain(field, text);
  return readLeaf(field.parent, message, field, field.fieldKind === "list" ? [json] : json);
}

/** Whether a parameter may be given several times: clients write a list of names with commas, or one by one. */
function isMany(field: DescField): boolean {
  return field.fieldKind === "list" || isMask(field);
}

function isMask(field: DescField): boolean {
  return messageOf(field)?.typeName === FieldMaskSchema.typeName;
}

/** The names of fields with commas between them, as in the contract or in lowerCamelCase. Which there are, the service says. */
function namesIn(text: string): string[] {
  const names = text === "" ? [] : text.split(",").map((name) => name.trim());
  return names.map((name) =>
    /^[a-z][a-zA-Z0-9.]*$/.test(name) ? name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) : name,
  );
}

/** A time with the "+" of its offset, which stands for a space in a query unless it is escaped. No time has a space. */
function plusAgain(field: DescField, text: string): string {
  return messageOf(field)?.typeName === "google.protobuf.Timestamp"
    ? text.replace(/ (?=\d\d:\d\d$)/, "+")
    : text;
}

/** The message that holds the last field of a path, made where it is not there. */
export function messageAbove(message: Message, path: readonly DescField[]): Message {
  let above = message;
  for (const field of path.slice(0, -1)) {
    const present = fieldValue(above, field) as Message | undefined;
    const next = present ?? create(messageOf(field) as DescMessage);
    if (present === undefined) setFieldValue(above, field, next);
    above = next;
  }
  return above;
}

function fieldPath(desc: DescMessage, name: string): DescField[] | undefined {
  const path: DescField[] = [];
  let below: DescMessage | undefined = desc;
  for (const part of name.split(".")) {
    const field: DescField | undefined = below && fieldsByName(below).get(part);
    if (field === undefined) return undefined;
    path.push(field);
    const whole: boolean = field.fieldKind !== "message" || isLeaf(field.message) || isGeometry(field);
    below = whole ? undefined : field.message;
  }
  return below === undefined ? path : undefined;
}

/** Why a field cannot be given in the query, if it cannot. */
function objection(route: Route, path: readonly DescField[]): string | undefined {
  const [first] = path;
  const last = path.at(-1);
  if (route.variables.some(({ fields }) => fields.every((it, at) => it === path[at])))
    return "is part of the path";
  if (first === route.requestId) return "is the header Idempotency-Key";
  if (first === route.expectedRevision) return "is the header If-Match";
  if (first === route.knownEtag) return "is the header If-None-Match";
  if (route.body === "all" || first === route.body || first === route.mask) return "is part of the body";
  const below = last && messageOf(last);
  if (last?.fieldKind === "map" || (below !== undefined && !isLeaf(below)))
    return "cannot be given in a query";
  return undefined;
}

function decode(text: string): string {
  return decodeURIComponent(text.replaceAll("+", " "));
}

function fault(name: string, detail: string, rule: string): Fault {
  return { in: "query", name, detail, rule };
}
