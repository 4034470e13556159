import {
  create,
  type DescField,
  type DescMessage,
  type DescService,
  getOption,
  type Message,
} from "@bufbuild/protobuf";
import { rulesOf } from "@tessera/contracts/reason-facts.ts";
import { BoundingBoxSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import {
  type CollectionRules,
  FieldRole,
  page_size_max,
} from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { refuseNoResource } from "../http-refusal.ts";
import { setFieldValue } from "../requests/field-value.ts";
import { readText } from "../requests/query.ts";
import { messageForPath } from "../requests/transcode.ts";
import { messageOf } from "../routes/geometry-field.ts";
import type { Route } from "../routes/route.ts";
import { matchRoute, type RouteTable, routesOf, routeTable } from "../routes/route-table.ts";
import { type FieldPath, pathsIn, pathWithRole } from "./field-path.ts";
import { type Property, propertiesOf } from "./property.ts";
import { type Selector, selectorsOf } from "./selector.ts";

/** A kind of collection: one collection, or one for each row of another. */
export interface Kind {
  rules: CollectionRules;
  /** The list that it is, and in its response the rows. */
  list: Route;
  rows: DescField;
  desc: DescMessage;
  properties: readonly Property[];
  selectors: readonly Selector[];
  /** In the request: the box, and the times between which a row was last changed. */
  box: FieldPath | undefined;
  changedFrom: FieldPath | undefined;
  changedBefore: FieldPath | undefined;
  /** In the request: the size and the token of a page, and whether to count. */
  pageSize: DescField;
  pageSizeMax: number;
  pageToken: DescField;
  withTotal: DescField | undefined;
  /** In the response: how many match, and whether there are more. */
  total: FieldPath | undefined;
  exceeded: FieldPath | undefined;
  /** The kind below whose rows each collection lies. */
  each: Each | undefined;
}

/** How a kind of collection lies below the rows of another. */
export interface Each {
  kind: Kind;
  /** What is before and after the variable of the id. */
  before: string;
  after: string;
  /** In a row of the other collection, and in the request of this list. */
  inRow: DescField;
  inRequest: DescField;
}

/** One collection. */
export interface Collection {
  id: string;
  kind: Kind;
  /** The row below which it lies; empty where it lies below none. */
  of: string;
}

/** All kinds of collections of the contracts. Throws where the options of one do not fit its RPC. */
export function kindsOf(services: readonly DescService[]): { kinds: readonly Kind[]; table: RouteTable } {
  const table = routeTable(services);
  const kinds: Kind[] = [];
  const rpcs = services.flatMap(({ methods }) => methods).filter((rpc) => rulesOf(rpc).collection);
  // Those that lie below others come after them.
  rpcs.sort((one, other) => Number(isBelow(one)) - Number(isBelow(other)));
  for (const rpc of rpcs) {
    const [list] = routesOf(rpc);
    if (list === undefined) throw new Error(`${rpc.name} is a collection and has no path`);
    kinds.push(kindOf(list, rulesOf(rpc).collection as CollectionRules, kinds));
  }
  return { kinds, table };
}

function isBelow(rpc: Parameters<typeof rulesOf>[0]): boolean {
  return rulesOf(rpc).collection?.each !== "";
}

function kindOf(list: Route, rules: CollectionRules, before: readonly Kind[]): Kind {
  const { rows, rpc } = list;
  const desc = rows && messageOf(rows);
  const named = (name: string) => rpc.input.fields.find((it) => it.name === name);
  const [pageSize, pageToken] = [named("page_size"), named("page_token")];
  if (!rows || !desc || !list.nextPage || !pageSize || !pageToken)
    throw new Error(`${rpc.name} is a collection and no list in pages`);
  const properties = propertiesOf(rows);
  return {
    rules,
    list,
    rows,
    desc,
    properties,
    selectors: selectorsOf(rpc, properties),
    box: pathsIn(rpc.input).find((path) => messageOf(path.at(-1) as DescField) === BoundingBoxSchema),
    changedFrom: pathWithRole(rpc.input, FieldRole.CHANGED_FROM),
    changedBefore: pathWithRole(rpc.input, FieldRole.CHANGED_BEFORE),
    pageSize,
    pageSizeMax: getOption(pageSize, page_size_max),
    pageToken,
    withTotal: pathWithRole(rpc.input, FieldRole.WITH_TOTAL)?.[0],
    total: pathWithRole(rpc.output, FieldRole.TOTAL),
    exceeded: pathWithRole(rpc.output, FieldRole.TOTAL_EXCEEDED),
    each: rules.each === "" ? undefined : eachOf(list, rules, before),
  };
}

const VARIABLE = /^([^{}]*)\{(\w+)\}([^{}]*)$/;

function eachOf({ rpc, variables }: Route, { id, each }: CollectionRules, before: readonly Kind[]): Each {
  const kind = before.find(({ rules }) => rules.id === each);
  const [, start = "", name = "", end = ""] = VARIABLE.exec(id) ?? [];
  const inRow = kind?.desc.fields.find((it) => it.name === name);
  const inRequest = variables.find(({ fields }) => fields.length === 1 && fields[0]?.name === name)
    ?.fields[0];
  if (kind === undefined || inRow === undefined || inRequest === undefined)
    throw new Error(`${rpc.name} is the collection "${id}" of each of "${each}", which does not fit`);
  return { kind, before: start, after: end, inRow, inRequest };
}

/** The collection of an id. Refuses ROUTE_NOT_FOUND where no collection can have it. */
export function collectionOf(kinds: readonly Kind[], id: string): Collection {
  for (const kind of kinds) {
    const { each, rules } = kind;
    if (each === undefined) {
      if (rules.id === id) return { id, kind, of: "" };
      continue;
    }
    const { before, after, inRequest } = each;
    const of = id.slice(before.length, id.length - after.length);
    if (of === "" || `${before}${of}${after}` !== id) continue;
    if (readText(create(inRequest.parent), inRequest, of) === undefined) return { id, kind, of };
  }
  throw refuseNoResource(`No collection has the id ${id}`);
}

/** The collection that lies below a row of another. */
export function collectionBelow(kind: Kind, { before, after }: Each, of: string): Collection {
  return { id: `${before}${of}${after}`, kind, of };
}

/** The path of the list that a collection is. */
export function listPath({ kind, of }: Pick<Collection, "kind" | "of">): string {
  const { text, variables } = kind.list.template;
  return variables.length === 0 ? text : text.replace(/\{[^}]*\}/, encodeURIComponent(of));
}

/** The request of a collection's list, all else than the row below which it lies being unsaid. */
export function listRequest({ kind, of }: Collection): Message {
  const message = create(kind.list.rpc.input);
  const { each } = kind;
  if (each !== undefined) {
    const own = create(each.inRequest.parent);
    readText(own, each.inRequest, of);
    setFieldValue(
      message,
      each.inRequest,
      (own as unknown as Record<string, unknown>)[each.inRequest.localName],
    );
  }
  return message;
}

/** How one feature is read: the GET below the list. Refuses ROUTE_NOT_FOUND for what can be no id. */
export function itemOf(
  table: RouteTable,
  collection: Pick<Collection, "kind" | "of">,
  featureId: string,
): { route: Route; message: Message } {
  const { endpoint, segments } = matchRoute(
    table,
    "GET",
    `${listPath(collection)}/${encodeURIComponent(featureId)}`,
  );
  const route = endpoint.unary;
  if (route === undefined || route.shown.desc !== collection.kind.desc)
    throw new Error(`${collection.kind.rules.id} has no GET for each row`);
  try {
    return { route, message: messageForPath(route, segments) };
  } catch {
    throw refuseNoResource(`No feature has the id ${featureId}`);
  }
}
