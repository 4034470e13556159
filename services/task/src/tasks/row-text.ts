/** A value of a row; undefined is null. */
export type RowValue = string | number | bigint | boolean | Uint8Array | undefined;

/** A row of a composite type, as PostgreSQL reads it. */
export function rowOf(values: readonly RowValue[]): string {
  let text = "(";
  for (let at = 0; at < values.length; at++) {
    if (at > 0) text += ",";
    const value = values[at];
    if (value === undefined) continue;
    if (typeof value === "string") text += quoted(value);
    else if (typeof value === "object") text += quoted(`\\x${Buffer.from(value).toString("hex")}`);
    else text += value;
  }
  return `${text})`;
}

/** An array, as PostgreSQL reads it; undefined is null. */
export function arrayOf(elements: readonly (string | number | bigint | undefined)[]): string {
  const texts = elements.map((it) => (typeof it === "string" ? quoted(it) : String(it ?? "null")));
  return `{${texts.join()}}`;
}

const ESCAPED = /["\\]/;

function quoted(text: string): string {
  return ESCAPED.test(text) ? `"${text.replaceAll(/["\\]/g, "\\$&")}"` : `"${text}"`;
}
