import { type DescMessage, type MessageShape, toJson } from "@bufbuild/protobuf";
import Table from "cli-table3";

/** A table without lines between its cells. */
const BARE = {
  chars: {
    ...{ top: "", "top-mid": "", "top-left": "", "top-right": "" },
    ...{ bottom: "", "bottom-mid": "", "bottom-left": "", "bottom-right": "" },
    ...{ left: "", "left-mid": "", mid: "", "mid-mid": "", right: "", "right-mid": "", middle: "  " },
  },
  style: { "padding-left": 0, "padding-right": 0, head: [], border: [] },
};

type Cell = string | number | bigint | boolean | undefined;

/** Writes rows under the names of their columns. */
export function printTable(columns: readonly string[], rows: readonly (readonly Cell[])[]): void {
  const table = new Table({ ...BARE, head: [...columns] });
  for (const row of rows) table.push(row.map((cell) => plain(String(cell ?? ""))));
  console.log(trimmed(table.toString()));
}

/** Writes what is known of one thing: a name and a value on each line. What is undefined is left out. */
export function printFacts(facts: Record<string, Cell>): void {
  const table = new Table(BARE);
  for (const [name, value] of Object.entries(facts))
    if (value !== undefined) table.push([name, plain(String(value))]);
  console.log(trimmed(table.toString()));
}

/** Writes a message as one line of JSON, with the names that REST uses. */
export function printMessage<Desc extends DescMessage>(schema: Desc, message: MessageShape<Desc>): void {
  console.log(JSON.stringify(toJson(schema, message, { useProtoFieldName: true })));
}

/** A text of somebody else that cannot move the cursor of a terminal or turn the direction of a line. */
export function plain(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Bidi_Control}]+/gu, " ");
}

function trimmed(text: string): string {
  return text.replaceAll(/ +$/gm, "");
}

/** A size as people read it: "12.3 km²". */
export function squareKilometres(size: number | undefined): string | undefined {
  if (size === undefined) return undefined;
  return `${size.toLocaleString("en", { maximumSignificantDigits: size < 100 ? 3 : 6 })} km²`;
}

/** A share as people read it: "12.3 %". */
export function percent(value: number): string {
  return `${value.toFixed(1)} %`;
}

/** The word of an enum's value: "PUBLISHED" of PROJECT_STATUS_PUBLISHED. */
export function word(values: Record<string, string | number>, value: number): string {
  return Object.keys(values).find((name) => values[name] === value) ?? String(value);
}
