import { type DescField, type DescMessage, getOption, ScalarType } from "@bufbuild/protobuf";
import type { ReflectMessage } from "@bufbuild/protobuf/reflect";
import type { Duration, FieldMask, Timestamp } from "@bufbuild/protobuf/wkt";
import type { MultiPolygon, Point } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { FieldRole, role, TextKind, text as textKind } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { moment, number } from "../html/formats.ts";
import { attributes, type Content, html } from "../html/html.ts";
import { areaPicture } from "../maps/area-picture.ts";
import type { Visit } from "../visits/visit.ts";
import { enumWords } from "./enum-words.ts";
import { nameOfField } from "./field-names.ts";
import { isReflected, kindOf, type LinkTo } from "./names.ts";
import { DOCUMENT_TEXTS } from "./texts.ts";

/** What a document is shown with. */
export interface Showing {
  visit: Visit;
  linkTo: LinkTo;
  /** In a table: areas are said in words. */
  isShort: boolean;
}

/** Messages in messages are shown to this depth. */
const DEPTH_MAX = 5;
/** Of a list in a document, and of the entries of a map, this many are shown. */
const ITEMS_MAX = 200;
const DIGITS = 6;
/** The numbers that are shown although nothing is set: 0 says something. */
const IMPLICIT = 2;

/** A document as a list of its fields and what they hold. Fields that hold nothing are left out. */
export function showMessage(showing: Showing, message: ReflectMessage, depth = 0): Content {
  const { language } = showing.visit;
  const shown = message.fields.flatMap((field) => {
    const value = fieldValue(showing, message, field, depth);
    if (value === "") return [];
    const name = nameOfField(language, field.name);
    return [html`<div><dt${attributes({ lang: name.lang })}>${name.text}</dt><dd>${value}</dd></div>`];
  });
  return shown.length === 0 ? "" : html`<dl class="facts">${shown}</dl>`;
}

/** What a field of a document holds; "" for nothing. */
export function fieldValue(
  showing: Showing,
  message: ReflectMessage,
  field: DescField,
  depth: number,
): Content {
  if (isHidden(field)) return "";
  const saysZero =
    field.presence === IMPLICIT && field.fieldKind === "scalar" && field.scalar !== ScalarType.STRING;
  if (!message.isSet(field) && !saysZero) return "";
  const value: unknown = message.get(field);
  if (field.fieldKind === "list") return list(showing, field, [...(value as Iterable<unknown>)], depth);
  if (field.fieldKind === "map")
    return map(showing, field, [...(value as Iterable<[unknown, unknown]>)], depth);
  return one(showing, field, value, depth);
}

/** Fields for programs alone, and secrets. */
export function isHidden(field: DescField): boolean {
  const own = getOption(field, role);
  if (field.proto.options?.debugRedact) return true;
  return own === FieldRole.ETAG || own === FieldRole.UNCHANGED || own === FieldRole.POSITION;
}

function list(showing: Showing, field: DescField, values: readonly unknown[], depth: number): Content {
  const items = values.slice(0, ITEMS_MAX).map((it) => html`<li>${one(showing, field, it, depth)}</li>`);
  const left = values.length - items.length;
  const more = left > 0 ? html`<li>${DOCUMENT_TEXTS(showing.visit.language).more(left)}</li>` : "";
  return items.length === 0 ? "" : html`<ul class="values">${items}${more}</ul>`;
}

function map(
  showing: Showing,
  field: DescField & { fieldKind: "map" },
  entries: readonly [unknown, unknown][],
  depth: number,
): Content {
  const items = entries
    .slice(0, ITEMS_MAX)
    .map(
      ([key, value]) =>
        html`<div><dt dir="auto">${String(key)}</dt><dd>${one(showing, field, value, depth)}</dd></div>`,
    );
  return items.length === 0 ? "" : html`<dl class="facts">${items}</dl>`;
}

/** One value of a field, of a list or of a map. */
function one(showing: Showing, field: DescField, value: unknown, depth: number): Content {
  const { visit, linkTo } = showing;
  const { language } = visit;
  const kind = kindOf(field);
  if (kind !== "") return String(value) === "0" ? "" : linkTo(kind, String(value));
  if (isReflected(value)) return messageValue(showing, value, depth);
  if (field.enum !== undefined) {
    if (value === 0) return "";
    return enumWords(language, field.enum, Number(value));
  }
  const t = DOCUMENT_TEXTS(language);
  if (typeof value === "boolean") return value ? t.yes : t.no;
  if (value instanceof Uint8Array) return html`<code>${Buffer.from(value).toString("hex")}</code>`;
  if (typeof value === "number" || typeof value === "bigint")
    return /(^|_)(id|revision)$/.test(field.name) ? String(value) : number(language, value, DIGITS);
  return textValue(field, String(value));
}

function textValue(field: DescField, text: string): Content {
  if (/^https?:\/\/\S+$/.test(text)) return html`<a href="${text}" rel="noopener nofollow ugc">${text}</a>`;
  if (getOption(field, textKind) === TextKind.PARAGRAPHS)
    return html`<span class="lines" dir="auto">${text}</span>`;
  return html`<span dir="auto">${text}</span>`;
}

function messageValue(showing: Showing, value: ReflectMessage, depth: number): Content {
  const { visit, isShort } = showing;
  const known = KNOWN[value.desc.typeName];
  if (known !== undefined) return known(visit, value.message, isShort);
  if (depth >= DEPTH_MAX) return "…";
  return showMessage({ ...showing, isShort: true }, value, depth + 1);
}

/** The messages that are shown in a way of their own. */
const KNOWN: Record<
  DescMessage["typeName"],
  (visit: Visit, message: ReflectMessage["message"], isShort: boolean) => Content
> = {
  "google.protobuf.Timestamp": ({ language }, it) => moment(language, it as Timestamp),
  "google.protobuf.Duration": ({ language }, it) =>
    DOCUMENT_TEXTS(language).seconds(number(language, Number((it as Duration).seconds))),
  "google.protobuf.FieldMask": (_, it) => (it as FieldMask).paths.join(", "),
  "tessera.geo.v1.Point": ({ language }, it) => {
    const { latitude, longitude } = it as Point;
    return `${number(language, latitude, DIGITS)}, ${number(language, longitude, DIGITS)}`;
  },
  "tessera.geo.v1.MultiPolygon": (visit, it, isShort) => {
    const area = it as MultiPolygon;
    const t = DOCUMENT_TEXTS(visit.language);
    const said = t.area(area.polygonLengths.length, area.coordinates.length / 2);
    return isShort ? said : html`<p>${said}</p>${areaPicture(visit, area)}`;
  },
};
