import { create, type DescField, type DescService, getOption, type Message } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { field as fieldRules } from "@tessera/contracts/buf/validate/validate_pb.ts";
import { rulesOf } from "@tessera/contracts/reason-facts.ts";
import { FieldRole } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { VIOLATIONS_MAX } from "@tessera/rpc/refusal.ts";
import { fieldWithRole } from "@tessera/rpc/request-id.ts";
import { nearestName } from "@tessera/rpc/validation/nearest-name.ts";
import { type Caller, callUnary, type TransportFor } from "../call.ts";
import type { Fault } from "../http-refusal.ts";
import { fieldValue, setFieldValue } from "../requests/field-value.ts";
import type { Parameter } from "../requests/query.ts";
import type { Route } from "../routes/route.ts";
import { routesOf } from "../routes/route-table.ts";
import { elementsOf, rowWriter } from "./document.ts";
import type { Form } from "./negotiate.ts";
import { collectIds, type Id, kindsIn } from "./references.ts";

/** The most things that are included in an answer, of all kinds together. */
export const INCLUDED_MAX = 1_000;
/** The ids in one call of a batch read whose contract names no number. */
const BATCH_MAX = 100;
/** Longer names are cut where they are refused. */
const SHOWN_LENGTH = 100;
/** The parameter of the query. */
export const INCLUDE = "include";

/** How things of a kind are read by their ids. */
interface Resolver {
  route: Route;
  ids: DescField;
  rows: DescField;
  batchMax: number;
}

/** How things are read by their ids, by kind. */
export type Resolvers = ReadonlyMap<string, Resolver>;

/** The batch reads of services that say what they resolve. Throws where two resolve the same. */
export function resolversOf(services: readonly DescService[]): Resolvers {
  const resolvers = new Map<string, Resolver>();
  for (const rpc of services.flatMap(({ methods }) => methods)) {
    const { resolves: kind } = rulesOf(rpc);
    if (kind === "") continue;
    const [route] = routesOf(rpc);
    const ids = fieldWithRole(rpc.input, FieldRole.IDS);
    if (route?.rows === undefined || ids === undefined) throw new Error(`${rpc.name} resolves no ids`);
    if (resolvers.has(kind)) throw new Error(`${rpc.name} is not the only RPC that resolves ${kind}`);
    const { type } = getOption(ids, fieldRules);
    const batchMax = type.case === "repeated" ? Number(type.value.maxItems) : 0;
    resolvers.set(kind, { route, ids, rows: route.rows, batchMax: batchMax || BATCH_MAX });
  }
  return resolvers;
}

/** The kinds that the answer of a route can include, in one of its forms: the values of the parameter `include`. */
export function includable(resolvers: Resolvers, route: Route, form: Form): string[] {
  // A list alone is an array, which has no place for it.
  if (form === "json" ? route.shown.list : form !== "geojson") return [];
  // What a command acknowledges may refer to anything.
  if (route.acknowledgement !== undefined) return [...resolvers.keys()];
  const kinds = kindsIn(route.shown.desc);
  return [...resolvers.keys()].filter((kind) => kinds.has(kind));
}

/**
 * The kinds that a request asks to include, and the parameters without those that say so. Where an answer includes nothing, they
 * are left for the route to refuse. A kind that cannot be included is noted, with the nearest.
 */
export function readInclude(
  parameters: readonly Parameter[],
  kindsOf: () => readonly string[],
  faults: Fault[],
): { wanted: readonly string[]; others: readonly Parameter[] } {
  const others = parameters.filter(({ name }) => name !== INCLUDE);
  if (others.length === parameters.length) return { wanted: [], others: parameters };
  const kinds = kindsOf();
  if (kinds.length === 0) return { wanted: [], others: parameters };
  const named = parameters
    .filter(({ name }) => name === INCLUDE)
    .flatMap(({ value }) => value.split(",").map((it) => it.trim()));
  for (const it of named.filter((name) => !kinds.includes(name)).slice(0, VIOLATIONS_MAX)) {
    const near = nearestName(it, kinds);
    const hint = near === undefined ? `it is one of ${kinds.join(", ")}` : `do you mean "${near}"?`;
    const detail = `"${it.slice(0, SHOWN_LENGTH)}" is nothing that this answer can include: ${hint}`;
    faults.push({ in: "query", name: INCLUDE, detail, rule: "include.in" });
  }
  return { wanted: [...new Set(named)], others };
}

/** What is included in an answer. */
export interface Inclusion {
  /** The members that say what a response mentions. */
  of(route: Route, response: Message): Promise<string>;
  /** Takes the ids in a response, or in one message of it. */
  add(route: Route, response: Message): void;
  /** Reads what they name, in the caller's name; the members of the document that say so, without braces. */
  text(): Promise<string>;
}

/** Begins to include things of these kinds in an answer; undefined where none are wanted. */
export function beginInclusion(
  { resolvers, transportFor }: { resolvers: Resolvers; transportFor: TransportFor },
  kinds: readonly string[],
  caller: Caller,
): Inclusion | undefined {
  if (kinds.length === 0) return undefined;
  const wanted = new Map(kinds.map((kind) => [kind, new Set<Id>()]));
  let isComplete = true;
  const inclusion: Inclusion = {
    of: (route, response) => {
      inclusion.add(route, response);
      return inclusion.text();
    },
    add: ({ shown }, response) => {
      const value = shown.field === undefined ? response : fieldValue(response, shown.field);
      const messages = (shown.list ? value : value === undefined ? [] : [value]) as Message[];
      const collected = messages.every((it) => collectIds(shown.desc, it, wanted, INCLUDED_MAX));
      isComplete &&= collected;
    },
    text: async () => {
      const parts = [...wanted].map(async ([kind, ids]) => {
        const texts = await resolve(transportFor, resolvers.get(kind) as Resolver, [...ids], caller);
        return `${JSON.stringify(kind)}:[${texts.join(",")}]`;
      });
      const cut = isComplete ? "" : ',"included_incomplete":true';
      return `"included":{${(await Promise.all(parts)).join(",")}}${cut}`;
    },
  };
  return inclusion;
}

/** The documents that the caller may see of those with these ids, as JSON. */
async function resolve(
  transportFor: TransportFor,
  { route, ids: field, rows, batchMax }: Resolver,
  ids: readonly Id[],
  caller: Caller,
): Promise<string[]> {
  const batches: Id[][] = [];
  for (let at = 0; at < ids.length; at += batchMax) batches.push(ids.slice(at, at + batchMax));
  const texts = batches.map(async (batch) => {
    const request = create(route.rpc.input);
    setFieldValue(request, field, batch);
    try {
      const response = await callUnary(transportFor, route, request, caller);
      return elementsOf(rows, response, rowWriter(rows));
    } catch (error) {
      if (isNotForCaller(error)) return [];
      throw error;
    }
  });
  return (await Promise.all(texts)).flat();
}

/** Whether somebody may not read things of a kind: then none of them are there. */
function isNotForCaller(error: unknown): boolean {
  const { code } = ConnectError.from(error);
  return code === Code.PermissionDenied || code === Code.Unauthenticated;
}

/** The text of a JSON object, or its end, with more members. What ends no object stays as it is. */
export function withMembers(text: string, members: string): string {
  if (members === "" || !text.trimEnd().endsWith("}")) return text;
  const end = text.lastIndexOf("}");
  const before = text.slice(0, end);
  return `${before}${before === "{" ? "" : ","}${members}${text.slice(end)}`;
}
