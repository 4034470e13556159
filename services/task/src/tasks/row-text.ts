/** A value of a row; undefined is null. */
export type RowValue = string | number | bigint | boolean | Uint8Array | undefined;

/** A row of a composite type, as PostgreSQL reads it. Bytes are in base64. */
export function rowOf(values: readonly RowValue[]): string {
  let text = "(";
  for (let at = 0; at < values.length; at++) {
    if (at > 0) text += ",";
    const value = values[at];
    if (value === undefined) continue;
    if (typeof value === "string") text += PLAIN.test(value) ? value : quoted(value);
    else text += value instanceof Uint8Array ? base64Of(value) : value;
  }
  return `${text})`;
}

/** An array, as PostgreSQL reads it; undefined is null. */
export function arrayOf(elements: readonly (string | number | bigint | undefined)[]): string {
  let text = "{";
  for (let at = 0; at < elements.length; at++) {
    if (at > 0) text += ",";
    const element = elements[at];
    text += typeof element === "string" ? quoted(element) : (element ?? "null");
  }
  return `${text}}`;
}

/** Text that means itself in a row. The empty text would be null. */
const PLAIN = /^[\w./:+=-]+$/;

function quoted(text: string): string {
  if (!text.includes('"') && !text.includes("\\")) return `"${text}"`;
  return `"${text.replaceAll(/["\\]/g, "\\$&")}"`;
}

function base64Of(bytes: Uint8Array): string {
  if (bytes.length === 0) return '""';
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}
