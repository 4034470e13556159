import { type DescField, type DescMethod, type DescService, getOption, hasOption } from "@bufbuild/protobuf";
import { http } from "@tessera/contracts/google/api/annotations_pb.ts";
import { Reason } from "@tessera/contracts/tessera/gateway/v1/reason_pb.ts";
import { refuseHttp } from "../http-refusal.ts";
import { isAnsweredOnce, type Route, routeOf } from "./route.ts";
import { emptyTrie, find, type TemplateTrie, valueAt, valuesOf } from "./template-trie.ts";

/** What answers one method on one path. Which of the two is called is a matter of the media type. */
export interface Endpoint {
  unary?: Route;
  stream?: Route;
  /** What answers a request with a query parameter that the contract declares (`selected_by`). */
  selected?: Selected;
}

interface Selected {
  by: DescField;
  endpoint: Endpoint;
}

/** An endpoint for a path, with the path's segments as they were sent. */
export interface Match {
  endpoint: Endpoint;
  segments: readonly string[];
}

type Methods = Map<string, Endpoint>;

/** Every route, by path. */
export type RouteTable = TemplateTrie<Methods>;

/** Reads the routes from the descriptors of services. Throws where two RPCs claim the same one. */
export function routeTable(services: readonly DescService[]): RouteTable {
  const table = emptyTrie<Methods>();
  for (const rpc of services.flatMap((it) => it.methods)) {
    for (const route of routesOf(rpc)) add(table, route);
  }
  for (const methods of valuesOf(table)) for (const it of methods.values()) checkSelected(it);
  return table;
}

/** The routes of one RPC, that of the rule itself first. */
export function routesOf(rpc: DescMethod): Route[] {
  if (!hasOption(rpc, http)) return [];
  const rule = getOption(rpc, http);
  if (rpc.methodKind === "bidi_streaming") {
    throw new Error(`${rpc.parent.typeName}.${rpc.name}: HTTP cannot carry a stream of requests`);
  }
  return [rule, ...rule.additionalBindings].map((it) => routeOf(rpc, it));
}

function add(table: RouteTable, route: Route): void {
  const methods = valueAt(table, route.template, (): Methods => new Map());
  const found = methods.get(route.httpMethod) ?? {};
  const endpoint = route.selectedBy === undefined ? found : selectedEndpoint(found, route, route.selectedBy);
  const kind = isAnsweredOnce(route.rpc) ? "unary" : "stream";
  if (endpoint[kind] !== undefined) {
    throw new Error(
      `${endpoint[kind].rpc.name} and ${route.rpc.name} are both ${route.httpMethod} ${route.template.text}`,
    );
  }
  endpoint[kind] = route;
  methods.set(route.httpMethod, found);
}

function selectedEndpoint(found: Endpoint, route: Route, by: DescField): Endpoint {
  found.selected ??= { by, endpoint: {} };
  const { by: other, endpoint } = found.selected;
  if (other.name === by.name) return endpoint;
  const path = `${route.httpMethod} ${route.template.text}`;
  throw new Error(`Both "${other.name}" and "${by.name}" select on ${path}; one parameter may`);
}

/** Throws where a request could mean either of the two RPCs between which a parameter selects. */
function checkSelected({ unary, stream, selected }: Endpoint): void {
  if (selected === undefined) return;
  const { by, endpoint } = selected;
  const others = [unary, stream].filter((it) => it !== undefined);
  const name = (endpoint.unary ?? endpoint.stream)?.rpc.name;
  if (others.length === 0)
    throw new Error(`${name} is selected by "${by.name}" on a path that no other RPC has`);
  for (const { rpc } of others) {
    if (rpc.input.fields.some((it) => it.name === by.name))
      throw new Error(`${name} is selected by "${by.name}", which ${rpc.name} on the same path also takes`);
  }
}

/** What answers a request with these query parameters at an endpoint. */
export function endpointFor(endpoint: Endpoint, parameters: readonly { name: string }[]): Endpoint {
  const { selected } = endpoint;
  if (selected === undefined) return endpoint;
  const { by } = selected;
  const isGiven = parameters.some(({ name }) => name === by.name || name === by.jsonName);
  return isGiven ? selected.endpoint : endpoint;
}

/** Finds what answers a method on a path. Refuses with ROUTE_NOT_FOUND or METHOD_NOT_ALLOWED. */
export function matchRoute(table: RouteTable, method: string, path: string): Match {
  const seen: Methods[] = [];
  const asked = method === "HEAD" ? "GET" : method;
  const found = find(table, path, (methods) => {
    seen.push(methods);
    return methods.has(method) || methods.has(asked) || methods.has("*");
  });
  if (found === undefined) throw nothingFound(seen, method, path);
  const endpoint = found.value.get(method) ?? found.value.get(asked) ?? found.value.get("*");
  return { endpoint: endpoint as Endpoint, segments: found.segments };
}

/** The methods that a path takes, as the header Allow lists them. Refuses with ROUTE_NOT_FOUND. */
export function allowOf(table: RouteTable, path: string): string {
  const seen: Methods[] = [];
  find(table, path, (methods) => {
    seen.push(methods);
    return false;
  });
  if (seen.length === 0) throw nothingFound(seen, "OPTIONS", path);
  return listed(seen);
}

function nothingFound(seen: readonly Methods[], method: string, path: string) {
  if (seen.length === 0)
    return refuseHttp(Reason.ROUTE_NOT_FOUND, { detail: `No resource has the path ${path}` });
  const allow = listed(seen);
  return refuseHttp(Reason.METHOD_NOT_ALLOWED, {
    metadata: { allow },
    detail: `The resource supports ${allow}, not ${method}`,
  });
}

function listed(seen: readonly Methods[]): string {
  const methods = new Set(seen.flatMap((it) => [...it.keys()]));
  if (methods.has("GET")) methods.add("HEAD");
  methods.add("OPTIONS");
  return [...methods].sort().join(", ");
}
