import { type DescField, type DescMessage, type Message, ScalarType, toJson } from "@bufbuild/protobuf";
import { fieldValue } from "../requests/field-value.ts";
import { isLeaf } from "../requests/read-message.ts";
import { isGeometry, messageOf } from "../routes/geometry-field.ts";
import { type Chosen, JSON_OPTIONS } from "./document.ts";
import { leftOutOf } from "./left-out.ts";

/** A column: the fields that lead to its value. */
type Column = readonly DescField[];

/** Messages within messages within a row are left out. */
const DEPTH_MAX = 2;
/** Between the values of a list. */
const SEPARATOR = ";";
/** What a spreadsheet may take for the beginning of a formula, in either width. */
const FORMULA = /^\s*[=+\-@|%\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/u;

/**
 * Writes the rows of a list as CSV (RFC 4180) with a line of names: a column for each field that is one value or a list of
 * values, also those of messages in a row ("centroid.longitude"). Areas, lists of messages and what the rows do not carry
 * or the request did not choose have no column. Text that a spreadsheet would take for a formula begins with an apostrophe.
 */
export function csvText(rows: DescField, response: Message, chosen?: Chosen): string {
  const desc = messageOf(rows) as DescMessage;
  const isShown = ({ name }: DescField) => chosen?.has(name) ?? !leftOutOf(rows).includes(name);
  const columns = columnsOf(desc).filter(([first]) => isShown(first as DescField));
  const lines = (fieldValue(response, rows) as Message[]).map((row) => {
    const json = toJson(desc, withoutAreas(desc, row), JSON_OPTIONS);
    return columns.map((column) => cell(column, json));
  });
  const names = columns.map((column) => column.map(({ name }) => name).join("."));
  return [names, ...lines].map((line) => `${line.map(quoted).join(",")}\r\n`).join("");
}

function columnsOf(desc: DescMessage, above: Column = []): Column[] {
  return desc.fields.flatMap((field) => {
    const below = messageOf(field);
    const column = [...above, field];
    if (below === undefined) return field.fieldKind === "map" ? [] : [column];
    if (field.fieldKind !== "message" || isGeometry(field)) return [];
    if (isLeaf(below)) return [column];
    return column.length < DEPTH_MAX ? columnsOf(below, column) : [];
  });
}

/** Areas are large, and in no column. */
function withoutAreas(desc: DescMessage, row: Message): Message {
  const areas = desc.fields.filter((it) => isGeometry(it) && it.fieldKind === "message");
  return { ...row, ...Object.fromEntries(areas.map((it) => [it.localName, undefined])) };
}

function cell(column: Column, json: unknown): string {
  const value = column.reduce<unknown>(
    (it, { name }) => (it as Record<string, unknown> | undefined)?.[name],
    json,
  );
  if (value === undefined || value === null) return "";
  const text = Array.isArray(value) ? value.join(SEPARATOR) : String(value);
  return isWritten(column.at(-1) as DescField) && FORMULA.test(text) ? `'${text}` : text;
}

/** Whether somebody may have written the value: numbers, times and names of enums are what they are. */
function isWritten(field: DescField): boolean {
  return (
    field.scalar === ScalarType.STRING || field.scalar === ScalarType.BYTES || field.message !== undefined
  );
}

function quoted(text: string): string {
  return /[",\r\n;]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
