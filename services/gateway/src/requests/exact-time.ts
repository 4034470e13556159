/** What a time or a duration in JSON must look like, for people. */
export const TIME_WORDS =
  "a time that exists, as RFC 3339 writes it, such as 2026-11-22T09:30:00Z, with at most 9 digits of a second";
export const DURATION_WORDS = "a duration such as 1.5s, with at most 9 digits of a second";

const TIME =
  /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;
const DURATION = /^-?\d{1,12}(?:\.\d{1,9})?s$/;
const MINUTE_MS = 60_000;
const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;
/** The first second that protobuf can write. Date.UTC takes a year below 100 for one of the last century. */
const EARLIEST_MS = new Date(0).setUTCFullYear(1, 0, 1);
const LATEST_MS = Date.UTC(9999, 11, 31, 23, 59, 59);

/**
 * Reads a time of RFC 3339 by the letter and writes it as protobuf reads it; undefined for any other text. A date that no
 * calendar has is no time, and neither is 24:00. A leap second, which may end June or December, is read as the second
 * after it.
 */
export function exactTime(text: string): string | undefined {
  const match = TIME.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const [, , , , , , , fraction, sign, offsetHours = "0", offsetMinutes = "0"] = match;
  if (hour > 23 || minute > 59 || second > 60 || Number(offsetHours) > 23 || Number(offsetMinutes) > 59)
    return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  const offset = (Number(offsetHours) * 60 + Number(offsetMinutes)) * MINUTE_MS * (sign === "-" ? -1 : 1);
  const ms = date.getTime() + (hour * 60 + minute) * MINUTE_MS + second * SECOND_MS - offset;
  if (second === 60 && !followsLeapSecond(ms)) return undefined;
  if (ms < EARLIEST_MS || ms > LATEST_MS) return undefined;
  const whole = new Date(ms).toISOString().slice(0, -".000Z".length);
  return `${whole}${fraction === undefined ? "" : `.${fraction}`}Z`;
}

/** Whether a text is a duration of the JSON of protobuf, by the letter. */
export function isExactDuration(text: string): boolean {
  return DURATION.test(text);
}

/** Leap seconds are before midnight of UTC, at the end of June or December. */
function followsLeapSecond(ms: number): boolean {
  const after = new Date(ms);
  return ms % DAY_MS === 0 && after.getUTCDate() === 1 && [0, 6].includes(after.getUTCMonth());
}
