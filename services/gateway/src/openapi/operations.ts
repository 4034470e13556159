import type { DescService } from "@bufbuild/protobuf";
import { commentOf } from "@tessera/contracts/comments.ts";
import { rulesOf } from "@tessera/contracts/reason-facts.ts";
import { Admission } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import type { Resolvers } from "../documents/included.ts";
import { offersOf } from "../documents/negotiate.ts";
import type { Deprecations } from "../routes/deprecation.ts";
import type { Route } from "../routes/route.ts";
import { type Endpoint, type RouteTable, routesOf } from "../routes/route-table.ts";
import { valuesOf } from "../routes/template-trie.ts";
import { requestBody, type Writable } from "./bodies.ts";
import { withDeprecation } from "./deprecated.ts";
import type { Schema } from "./field-rules.ts";
import { includeParameter } from "./inclusion.ts";
import {
  formParameter,
  headerParameters,
  type Parameter,
  pathParameters,
  queryParameters,
  ticketParameter,
  variableName,
} from "./parameters.ts";
import { problemResponses } from "./problem-responses.ts";
import { proseOf, summaryOf } from "./prose.ts";
import type { SchemaBook } from "./schema-book.ts";
import { commandResponses, readResponses } from "./success-responses.ts";

/** What describing the routes of some services needs. */
export interface Description {
  services: readonly DescService[];
  table: RouteTable;
  book: SchemaBook;
  writable: Writable;
  /** The RPCs that read what a document mentions. */
  resolvers: Resolvers;
  deprecations: Deprecations;
}

/** The methods that OpenAPI has a place for. */
const METHODS = ["GET", "PUT", "POST", "DELETE", "PATCH"];

/** All paths with their operations. Methods on one path are one item, whatever each calls its variables. */
export function pathsOf(description: Description): Record<string, Record<string, Schema>> {
  const paths: Record<string, Record<string, Schema>> = {};
  const ids = new Set<string>();
  for (const methods of valuesOf(description.table)) {
    const found = METHODS.flatMap((method) => {
      const endpoint = methods.get(method) ?? methods.get("*");
      return endpoint === undefined ? [] : [{ method, endpoint }];
    });
    const [first] = found.flatMap(({ endpoint }) => routesAt(endpoint));
    if (first === undefined) continue;
    const item = found.map(({ method, endpoint }) => [
      method.toLowerCase(),
      operationOf(endpoint, { ...description, ids }),
    ]);
    paths[pathText(first)] = Object.fromEntries(item);
  }
  return Object.fromEntries(Object.entries(paths).sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** The template of a route, with variables named by their last field. */
export function pathText({ template, variables }: Route): string {
  return template.text
    .split("/")
    .map((segment, index) => {
      const bound = variables.find(({ variable }) => variable.at + 1 === index);
      return bound === undefined ? segment : `{${variableName(bound)}}`;
    })
    .join("/");
}

function routesAt({ unary, stream, selected }: Endpoint): Route[] {
  const own = [unary, stream].filter((it) => it !== undefined);
  return selected === undefined ? own : [...own, ...routesAt(selected.endpoint)];
}

function operationOf(endpoint: Endpoint, description: Description & { ids: Set<string> }): Schema {
  const { book, writable, table, ids, resolvers } = description;
  const routes = routesAt(endpoint);
  const [main, ...others] = routes as [Route, ...Route[]];
  const offers = [...offersOf(endpoint), ...(endpoint.selected ? offersOf(endpoint.selected.endpoint) : [])];
  const forms = [...new Set(offers.map(({ form }) => form))];
  const parameters = [
    ...pathParameters(main, book),
    ...merged(routes, endpoint, book),
    ...formParameter(forms),
    ...includeParameter(offers, resolvers),
    ...ticketParameter(routes),
    ...new Map(
      routes.flatMap((it) => headerParameters(it, book)).map((it) => [it.$ref, it] as const),
    ).values(),
  ];
  const body = requestBody(main, book, writable);
  const success =
    main.acknowledgement === undefined
      ? readResponses(offers, book, resolvers)
      : commandResponses(main, { book, table, resolvers });
  const scopes = securityOf(main);
  return {
    operationId: idOf(main, ids),
    tags: [tagOf(main.rpc.parent)],
    summary: summaryOf(commentOf(main.rpc)),
    description: [commentOf(main.rpc), ...others.map(otherText)].map(proseOf).join("\n\n"),
    ...(routes.every(({ rpc }) => rpc.proto.options?.deprecated) && { deprecated: true }),
    ...(scopes !== undefined && { security: scopes }),
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: body }),
    responses: withDeprecation(
      { ...success, ...problemResponses(routes, book) },
      routes,
      description.deprecations,
      book,
    ),
    "x-rpcs": routes.map(({ rpc }) => `${rpc.parent.typeName}.${rpc.name}`),
  };
}

/** What another RPC on the same path does, and when it is the one that answers. */
function otherText(route: Route): string {
  const when = route.selectedBy === undefined ? "As a stream" : `With \`${route.selectedBy.name}\``;
  return `${when} (${route.rpc.name}): ${commentOf(route.rpc)}`;
}

/** The parameters of all routes of an operation. What not all of them require is not required. */
function merged(routes: readonly Route[], { selected }: Endpoint, book: SchemaBook): Parameter[] {
  const each = routes.map((route) => queryParameters(route, book));
  return byName(each.flat()).map((parameter) => {
    const inAll = each.every((list) =>
      list.some(({ name, required }) => name === parameter.name && required),
    );
    if (inAll || parameter.required !== true) return parameter;
    const { required: _, ...optional } = parameter;
    const chooses = selected?.by.name === parameter.name;
    return chooses ? { ...optional, description: `${optional.description} ${CHOOSES}` } : optional;
  });
}

const CHOOSES = "Without it the list is answered.";

function byName(parameters: readonly Parameter[]): Parameter[] {
  return [...new Map(parameters.toReversed().map((it) => [`${it.in} ${it.name}`, it])).values()].toReversed();
}

/** The name of an operation is that of its RPC. Another path of the same RPC is named by what it has more. */
function idOf(route: Route, ids: Set<string>): string {
  const { rpc, variables, template } = route;
  const [first] = routesOf(rpc);
  let id = rpc.name;
  if (first !== undefined && first.template.text !== template.text) {
    const known = first.variables.map(variableName);
    const more = variables.map(variableName).filter((name) => !known.includes(name));
    id += more.length === 0 ? "OfAll" : `By${more.map(wordsOf).join("And")}`;
  }
  for (let at = 2; ids.has(id); at++) id = `${rpc.name}${at}`;
  ids.add(id);
  return id;
}

function wordsOf(name: string): string {
  const words = name.replace(/_id$/, "").split("_");
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}

/** The tag of a service: its name in words. */
export function tagOf({ name }: Pick<DescService, "name">): string {
  return name.replace(/Service$/, "").replaceAll(/(?<=[a-z])(?=[A-Z])/g, " ");
}

/** The callers that may call: those with a token of this scope, or all. */
function securityOf({ rpc }: Route): Schema[] {
  const { scope, admission } = rulesOf(rpc);
  const tokens = scope === "" ? [] : [{ oauth2: [scope] }, { bearer: [] }];
  return [...(admission === Admission.PUBLIC ? [{}] : []), ...tokens];
}
