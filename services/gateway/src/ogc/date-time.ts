import { exactTime } from "../requests/exact-time.ts";

/** A span of time, in milliseconds since 1970: from its begin, and before its end. An open end is undefined. */
export interface Span {
  from: number | undefined;
  before: number | undefined;
}

/** What the parameter `datetime` must be, for people. */
export const DATE_TIME_WORDS =
  "must be a time of RFC 3339, such as 2026-11-22T09:30:00Z, a date, or two of them with / between them, of which one may be ..";

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const OPEN = /^(?:\.\.)?$/;
const DAY_MS = 86_400_000;

/**
 * Reads the parameter `datetime`: an instant, or an interval that includes both ends; undefined for any other text. Times are
 * shown to the millisecond: an instant is one of them, and a date a whole day of UTC.
 */
export function spanOf(text: string): Span | undefined {
  const parts = text.split("/");
  if (parts.length === 1) return instantOf(text);
  const [start = "", end = ""] = parts;
  if (parts.length > 2) return undefined;
  const from = OPEN.test(start) ? null : instantOf(start);
  const to = OPEN.test(end) ? null : instantOf(end);
  if (from === undefined || to === undefined) return undefined;
  const span = { from: from?.from, before: to?.before };
  return span.from !== undefined && span.before !== undefined && span.from >= span.before ? undefined : span;
}

function instantOf(text: string): Span | undefined {
  // Some programs write a date with the letter that a time would follow.
  const date = text.replace(/T$/, "");
  if (DATE.test(date)) return lasting(`${date}T00:00:00Z`, DAY_MS);
  // The "+" of an offset stands for a space in a query unless it is escaped. No time has a space.
  return lasting(text.replace(/ (?=\d\d:\d\d$)/, "+"), 1);
}

function lasting(text: string, ms: number): Span | undefined {
  const exact = exactTime(text);
  if (exact === undefined) return undefined;
  const from = Date.parse(exact);
  return { from, before: from + ms };
}
