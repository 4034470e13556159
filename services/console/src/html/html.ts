import { raw, html as tag } from "hono/html";
import type { HtmlEscapedString } from "hono/utils/html";

/** A part of a page, escaped already. */
export type Html = HtmlEscapedString;
/** What can stand in a part. Texts are escaped; undefined, null, false and "" show nothing. */
export type Content = Html | string | number | bigint | false | null | undefined | readonly Content[];

/** Makes a part of a page of a template. What is put in is escaped, unless it is a part itself. */
export function html(strings: TemplateStringsArray, ...values: Content[]): Html {
  // It is a promise only if a value is one.
  return tag(strings, ...values.map((it) => (typeof it === "bigint" ? String(it) : it))) as Html;
}

/** A text that is HTML already, and comes from the console itself. */
export function trusted(text: string): Html {
  return raw(text) as Html;
}

/** Attributes that are there or not: `attributes({ required: true, maxlength: 20, hidden: false })`. */
export function attributes(values: Record<string, string | number | bigint | boolean | undefined>): Content {
  return Object.entries(values).map(([name, value]) => {
    if (value === undefined || value === false) return "";
    return value === true ? html` ${name}` : html` ${name}="${value}"`;
  });
}
