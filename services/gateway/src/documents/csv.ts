import { type DescField, type DescMessage, type Message, ScalarType } from "@bufbuild/protobuf";
import { isLeaf } from "../requests/read-message.ts";
import { isGeometry, messageOf } from "../routes/geometry-field.ts";
import { type Chosen, elementsOf } from "./document.ts";
import { leftOutOf } from "./left-out.ts";
import { compileReader, type WriteMessage } from "./wire-json.ts";

/** A column: the fields that lead to its value. */
export type Column = readonly DescField[];

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
  const { names, lines } = csvWriter(rows, chosen);
  return names + lines(response);
}

/** Writes rows as `csvText` does, some at a time: the line of names, and the lines of the rows of each message. */
export function csvWriter(
  rows: DescField,
  chosen?: Chosen,
): { names: string; lines: (response: Message) => string } {
  const columns = shownColumns(rows, chosen);
  const only = new Set(csvFields(rows, chosen));
  const { fields, read } = compileReader(messageOf(rows) as DescMessage, { only });
  const cells = columns.map((column) => {
    const [first, ...below] = column;
    return {
      place: fields.indexOf(first as DescField),
      below,
      isWritten: isWritten(column.at(-1) as DescField),
    };
  });
  const lineOf: WriteMessage = (reader, end) => {
    const values = read(reader, end).map((text) => (text === undefined ? undefined : JSON.parse(text)));
    return lineText(cells.map(({ place, below, isWritten }) => cell(values[place], below, isWritten)));
  };
  return {
    names: lineText(columns.map((column) => column.map(({ name }) => name).join("."))),
    lines: (response) => elementsOf(rows, response, lineOf).join(""),
  };
}

/** The fields of rows from which columns are written, by name. */
export function csvFields(rows: DescField, chosen?: Chosen): string[] {
  return [...new Set(shownColumns(rows, chosen).map(([first]) => (first as DescField).name))];
}

function shownColumns(rows: DescField, chosen?: Chosen): Column[] {
  const isShown = ({ name }: DescField) => chosen?.has(name) ?? !leftOutOf(rows).includes(name);
  return columnsOf(messageOf(rows) as DescMessage).filter(([first]) => isShown(first as DescField));
}

function lineText(cells: readonly string[]): string {
  return `${cells.map(quoted).join(",")}\r\n`;
}

/** The columns of a kind of row. */
export function columnsOf(desc: DescMessage, above: Column = []): Column[] {
  return desc.fields.flatMap((field) => {
    const below = messageOf(field);
    const column = [...above, field];
    if (below === undefined) return field.fieldKind === "map" ? [] : [column];
    if (field.fieldKind !== "message" || isGeometry(field)) return [];
    if (isLeaf(below)) return [column];
    return column.length < DEPTH_MAX ? columnsOf(below, column) : [];
  });
}

function cell(first: unknown, below: Column, isWritten: boolean): string {
  const value = below.reduce<unknown>(
    (it, { name }) => (it as Record<string, unknown> | undefined)?.[name],
    first,
  );
  if (value === undefined || value === null) return "";
  const text = Array.isArray(value) ? value.join(SEPARATOR) : String(value);
  return isWritten && FORMULA.test(text) ? `'${text}` : text;
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
