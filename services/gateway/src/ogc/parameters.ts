import { create, type DescField, type Message } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { Reason } from "@tessera/contracts/tessera/gateway/v1/reason_pb.ts";
import { BoundingBoxSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { nearestName } from "@tessera/rpc/validation/nearest-name.ts";
import { type Fault, refuseHttp } from "../http-refusal.ts";
import { setFieldValue } from "../requests/field-value.ts";
import { messageAbove, type Parameter, parseQuery, readText } from "../requests/query.ts";
import { BOX_WORDS, boxOf } from "./bounding-box.ts";
import type { Kind } from "./collection.ts";
import { DATE_TIME_WORDS, spanOf } from "./date-time.ts";
import type { FieldPath } from "./field-path.ts";
import { valueText } from "./selector.ts";

/** How many rows a page has without a limit. QGIS reads pages of this size. */
export const LIMIT_DEFAULT = 1_000;

/** What of a page's parameters is the gateway's part. */
export interface Paging {
  limit: number;
  pageToken: string;
}

/** The parameters that every resource with pages has. */
const PAGING = ["limit", "page_token", "f"];

/** The parameters of a query, each at most once and each one of `names`. Refuses all others. */
export function parametersOf(query: string, names: readonly string[]): ReadonlyMap<string, string> {
  const faults: Fault[] = [];
  const found = new Map<string, string>();
  for (const { name, value } of parseQuery(query, faults)) {
    if (!names.includes(name)) faults.push(fault({ name, value }, unknownName(name, names), "query.unknown"));
    else if (found.has(name)) faults.push(fault({ name, value }, "is given more than once", "query.twice"));
    found.set(name, value);
  }
  refuseIfAny(faults);
  return found;
}

function unknownName(name: string, names: readonly string[]): string {
  const near = nearestName(name, [...names]);
  return `is not a parameter here${near === undefined ? "" : `: do you mean "${near}"?`}`;
}

/** The names of all parameters of a collection's items. */
export function itemParameters({ box, changedFrom, selectors }: Kind): string[] {
  const own = [...PAGING, ...(box ? ["bbox"] : []), ...(changedFrom ? ["datetime"] : [])];
  return [...own, ...selectors.map(({ name }) => name)];
}

/** Reads the page that is asked for: a limit above the largest is reduced to it. */
export function pagingOf(parameters: ReadonlyMap<string, string>, largest: number): Paging {
  const text = parameters.get("limit");
  const limit = text === undefined ? Math.min(LIMIT_DEFAULT, largest) : limitOf(text, largest);
  if (limit === undefined) {
    const detail = "must be a whole number from 1";
    throw refuseHttp(Reason.REQUEST_MALFORMED, {
      faults: [{ in: "query", name: "limit", detail, rule: "query.limit" }],
    });
  }
  return { limit, pageToken: parameters.get("page_token") ?? "" };
}

function limitOf(text: string, largest: number): number | undefined {
  return /^0*[1-9][0-9]*$/.test(text) ? Math.min(Number(text), largest) : undefined;
}

/** Puts what selects items into the request of their list. Refuses what cannot be read. */
export function select(kind: Kind, message: Message, parameters: ReadonlyMap<string, string>): void {
  const faults: Fault[] = [];
  for (const { name, path } of kind.selectors) {
    const value = parameters.get(name);
    if (value === undefined) continue;
    const field = path.at(-1) as DescField;
    const expected = readText(messageAbove(message, path), field, valueText(field, value));
    if (expected !== undefined) faults.push(fault({ name, value }, ofOne(expected), "query.type"));
  }
  selectBox(kind, message, parameters.get("bbox"), faults);
  selectTimes(kind, message, parameters.get("datetime"), faults);
  refuseIfAny(faults);
}

/** What one value must be, in words for a list of them. */
function ofOne(expected: string): string {
  return expected.replace("a list, each element ", "");
}

function selectBox({ box: path }: Kind, message: Message, value: string | undefined, faults: Fault[]): void {
  if (path === undefined || value === undefined) return;
  const box = boxOf(value);
  if (box === undefined) faults.push(fault({ name: "bbox", value }, BOX_WORDS, "query.bbox"));
  else put(message, path, create(BoundingBoxSchema, box));
}

function selectTimes(kind: Kind, message: Message, value: string | undefined, faults: Fault[]): void {
  const { changedFrom, changedBefore } = kind;
  if (value === undefined) return;
  const span = spanOf(value);
  if (span === undefined) {
    faults.push(fault({ name: "datetime", value }, DATE_TIME_WORDS, "query.datetime"));
    return;
  }
  if (changedFrom && span.from !== undefined) put(message, changedFrom, timestampFromMs(span.from));
  if (changedBefore && span.before !== undefined) put(message, changedBefore, timestampFromMs(span.before));
}

function put(message: Message, path: FieldPath, value: unknown): void {
  setFieldValue(messageAbove(message, path), path.at(-1) as DescField, value);
}

function fault({ name }: Parameter, detail: string, rule: string): Fault {
  return { in: "query", name, detail, rule };
}

function refuseIfAny(faults: readonly Fault[]): void {
  if (faults.length > 0) throw refuseHttp(Reason.REQUEST_MALFORMED, { faults });
}
