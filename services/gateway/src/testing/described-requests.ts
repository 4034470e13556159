import * as fc from "fast-check";
import type { OpenApiDocument } from "../openapi/document.ts";
import type { Schema } from "../openapi/field-rules.ts";
import { valuesOf } from "./schema-values.ts";

/** A parameter of an operation, as the document describes it. */
export interface DescribedParameter {
  name: string;
  in: string;
  required?: boolean;
  explode?: boolean;
  schema: Schema;
}

/** An operation of the document whose body is JSON, or that has none. */
export interface DescribedOperation {
  id: string;
  method: string;
  path: string;
  parameters: readonly DescribedParameter[];
  body: Schema | undefined;
  needsBody: boolean;
  bodyType: string;
  /** Whether one of several RPCs answers. Which parameters each takes is said in words. */
  isOneOfSeveral: boolean;
}

/** What an operation is asked, before it is written as HTTP. The keys of `values` are "query page_size". */
export interface DescribedRequest {
  values: Record<string, unknown>;
  body: unknown;
}

/** A parameter that shows who calls, and says nothing of what is asked. */
const CREDENTIAL = "ticket";

/** The operations below `/v1` that take JSON or nothing. */
export function operationsOf(document: OpenApiDocument): DescribedOperation[] {
  return Object.entries(document.paths)
    .filter(([path]) => path.startsWith("/v1/"))
    .flatMap(([path, item]) =>
      Object.entries(item).flatMap(([method, it]) => operationOf(document, { path, method, it })),
    );
}

function operationOf(
  document: OpenApiDocument,
  { path, method, it }: { path: string; method: string; it: Schema },
): DescribedOperation[] {
  const { content, required = false } = (it.requestBody ?? {}) as {
    content?: Record<string, { schema: Schema }>;
    required?: boolean;
  };
  const [type] = Object.keys(content ?? {}).filter((each) => /[/+]json$/.test(each));
  if (content !== undefined && (type === undefined || Object.keys(content).includes("multipart/form-data")))
    return [];
  const parameters = ((it.parameters ?? []) as Schema[])
    .map((each) => resolved(each, document) as unknown as DescribedParameter)
    .filter(({ name }) => name !== CREDENTIAL);
  return [
    {
      id: it.operationId as string,
      method: method.toUpperCase(),
      path,
      parameters,
      body: type === undefined ? undefined : content?.[type]?.schema,
      needsBody: required,
      bodyType: type ?? "",
      isOneOfSeveral: ((it["x-rpcs"] ?? []) as string[]).length > 1,
    },
  ];
}

/** What a reference refers to: "#/components/parameters/IfMatch". */
export function resolved(it: Schema, document: OpenApiDocument): Schema {
  if (typeof it.$ref !== "string") return it;
  const found = it.$ref
    .split("/")
    .slice(1)
    .reduce<unknown>((above, name) => (above as Record<string, unknown>)[name], document);
  return found as Schema;
}

/** The requests that the document allows. */
export function requestsOf(
  { parameters, body, needsBody }: DescribedOperation,
  document: OpenApiDocument,
): fc.Arbitrary<DescribedRequest> {
  const model = Object.fromEntries(
    parameters.map((it) => [
      `${it.in} ${it.name}`,
      it.in === "header" ? headerValues(it, document) : valuesOf(it.schema, document),
    ]),
  );
  const requiredKeys = parameters.filter((it) => it.required === true).map((it) => `${it.in} ${it.name}`);
  const bodies = body === undefined ? fc.constant(undefined) : valuesOf(body, document);
  return fc.record({
    values: fc.record(model, { requiredKeys }),
    body: needsBody ? bodies : fc.option(bodies, { nil: undefined }),
  });
}

/** Values of a header: visible characters, as HTTP has them. */
function headerValues({ schema }: DescribedParameter, document: OpenApiDocument): fc.Arbitrary<unknown> {
  const any = schema.pattern === undefined && schema.enum === undefined && schema.format === undefined;
  const values = any ? fc.stringMatching(/^[!-~]{1,20}$/) : valuesOf(schema, document);
  return values.map((it) => String(it).replaceAll(/[^ -~]/g, "-"));
}

/** A request of HTTP, ready to be sent. */
export interface HttpRequest {
  method: string;
  target: string;
  headers: Record<string, string>;
  body: string | undefined;
}

/** Writes a request as HTTP. `more` follows its query. */
export function httpOf(
  operation: DescribedOperation,
  { values, body }: DescribedRequest,
  more = "",
): HttpRequest {
  const { method, path, parameters, bodyType } = operation;
  const given = parameters.filter((it) => values[`${it.in} ${it.name}`] !== undefined);
  const asked = (it: DescribedParameter) => values[`${it.in} ${it.name}`];
  const where = path.replaceAll(/\{([^}]+)\}/g, (_, name: string) =>
    encodeURIComponent(String(values[`path ${name}`])),
  );
  const query = given.filter((it) => it.in === "query").flatMap((it) => pairsOf(it, asked(it)));
  const text = [...query, ...(more === "" ? [] : [more])].join("&");
  const headers = given.filter((it) => it.in === "header").map((it) => [it.name, String(asked(it))]);
  return {
    method,
    target: text === "" ? where : `${where}?${text}`,
    headers: { ...Object.fromEntries(headers), ...(body !== undefined && { "content-type": bodyType }) },
    body: body === undefined ? undefined : JSON.stringify(body),
  };
}

/** The parts of a query that give one parameter. */
function pairsOf({ name, explode = true }: DescribedParameter, value: unknown): string[] {
  const written = (it: unknown) => `${name}=${encodeURIComponent(String(it))}`;
  if (!Array.isArray(value)) return [written(value)];
  if (value.length === 0) return [];
  return explode
    ? value.map(written)
    : [`${name}=${value.map((it) => encodeURIComponent(String(it))).join(",")}`];
}
