import { type Timestamp, timestampDate } from "@bufbuild/protobuf/wkt";
import type { Language } from "../texts/languages.ts";
import { type Content, html } from "./html.ts";

/** The locales whose digits and dates a language uses. */
const LOCALES: Record<Language, string> = { en: "en-GB", fr: "fr-FR", "en-XA": "en-GB", "ar-XB": "ar-EG" };
const DAY_SECONDS = 86_400;
/** The units of a distance in time, and the seconds from which each is used. */
const UNITS = [
  ["year", 365 * DAY_SECONDS],
  ["month", 30 * DAY_SECONDS],
  ["day", DAY_SECONDS],
  ["hour", 3_600],
  ["minute", 60],
] as const;

const made = new Map<string, unknown>();

/** Making a formatter takes longer than to use it a thousand times. */
function kept<T>(key: string, make: () => T): T {
  const before = made.get(key);
  if (before !== undefined) return before as T;
  const formatter = make();
  made.set(key, formatter);
  return formatter;
}

/** A number with its language's separators, with at most `digits` decimals. */
export function number(language: Language, value: number | bigint, digits = 0): string {
  const options = { maximumFractionDigits: digits };
  return kept(`number ${language} ${digits}`, () => new Intl.NumberFormat(LOCALES[language], options)).format(
    value,
  );
}

/** A part of a hundred: 42 is "42 %". */
export function percent(language: Language, value: number, digits = 0): string {
  const options = { style: "percent", maximumFractionDigits: digits } as const;
  return kept(
    `percent ${language} ${digits}`,
    () => new Intl.NumberFormat(LOCALES[language], options),
  ).format(value / 100);
}

/** A moment, which scripts show in the reader's own time zone; without them in UTC, and it says so. */
export function moment(language: Language, time: Timestamp | undefined): Content {
  if (time === undefined) return "";
  const date = timestampDate(time);
  const options = { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" } as const;
  const text = kept(`moment ${language}`, () => new Intl.DateTimeFormat(LOCALES[language], options)).format(
    date,
  );
  return html`<time datetime="${date.toISOString()}" data-moment>${text} UTC</time>`;
}

/** A day without a time. */
export function day(language: Language, time: Timestamp | undefined): Content {
  if (time === undefined) return "";
  const date = timestampDate(time);
  const options = { dateStyle: "medium", timeZone: "UTC" } as const;
  const text = kept(`day ${language}`, () => new Intl.DateTimeFormat(LOCALES[language], options)).format(
    date,
  );
  return html`<time datetime="${date.toISOString()}">${text}</time>`;
}

/** How long ago something was, or how long until it is, seen from `nowMs`: "3 minutes ago". */
export function ago(language: Language, time: Timestamp | undefined, nowMs: number): Content {
  if (time === undefined) return "";
  const date = timestampDate(time);
  const seconds = (date.getTime() - nowMs) / 1_000;
  const [unit, size] = UNITS.find(([, from]) => Math.abs(seconds) >= from) ?? (["second", 1] as const);
  const options = { numeric: "auto" } as const;
  const format = kept(`ago ${language}`, () => new Intl.RelativeTimeFormat(LOCALES[language], options));
  const text = format.format(Math.round(seconds / size), unit);
  return html`<time datetime="${date.toISOString()}" data-ago>${text}</time>`;
}

/** The name of a country, by its ISO 3166-1 alpha-2; the code itself if it has none. */
export function countryName(language: Language, code: string): string {
  if (!/^[A-Z]{2}$/.test(code)) return code;
  const options = { type: "region" } as const;
  return (
    kept(`country ${language}`, () => new Intl.DisplayNames([LOCALES[language]], options)).of(code) ?? code
  );
}

/** The name of a language, by its BCP 47 tag; the tag itself if it has none. */
export function languageName(language: Language, tag: string): string {
  const options = { type: "language" } as const;
  try {
    const names = kept(`language ${language}`, () => new Intl.DisplayNames([LOCALES[language]], options));
    return names.of(tag) ?? tag;
  } catch {
    return tag;
  }
}

/** A day of the calendar, "2026-11-30", as the language writes it. */
export function dayOf(language: Language, date: string): string {
  const options = { dateStyle: "medium", timeZone: "UTC" } as const;
  const format = kept(`day ${language}`, () => new Intl.DateTimeFormat(LOCALES[language], options));
  return format.format(new Date(date));
}
