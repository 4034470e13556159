import type { DescService } from "@bufbuild/protobuf";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { type OpenApiDocument, openApiDocument } from "../openapi/document.ts";
import type { Schema } from "../openapi/field-rules.ts";
import { closedSchema, closedSchemas, type Maker } from "./closed-schemas.ts";

export type { Maker } from "./closed-schemas.ts";

/** One answer of a gateway, as a client gets it. */
export interface SeenAnswer {
  method: string;
  /** Without a query. */
  path: string;
  status: number;
  /** Names in lower case. */
  headers: ReadonlyMap<string, string>;
  /** Without a content coding; undefined where it is not known. */
  body: Buffer | undefined;
  /** Whether the answer was sent to its end. */
  isWhole: boolean;
}

/** Returns what is wrong with an answer. */
export type Judge = (answer: SeenAnswer) => string[];

const judges = new WeakMap<readonly DescService[], Map<Maker, Judge>>();

/** Returns what finds fault with answers by the OpenAPI document of services. It is made once for each list of services. */
export function judgeOf(services: readonly DescService[], maker: Maker): Judge {
  const known = judges.get(services) ?? new Map<Maker, Judge>();
  judges.set(services, known);
  const judge = known.get(maker) ?? makeJudge(openApiDocument(services), maker);
  known.set(maker, judge);
  return judge;
}

/** The methods that an OpenAPI document has a place for, as the gateway uses it. HEAD is described by GET. */
const METHODS = ["GET", "HEAD", "PUT", "POST", "DELETE", "PATCH"];

/**
 * What another document than /openapi.json describes: RPCs of Connect and gRPC-Web the contract, the resources below /ogc the one
 * at /ogc/api. The files below /docs are of the page alone.
 */
const DESCRIBED_ELSEWHERE = /^\/(ogc|docs)\/|^\/[a-z0-9_.]+\.[A-Z][A-Za-z]*\/[A-Z]/;

/** What the gateway passes on as it comes. In tests with handlers a part of the test answers that. */
const PASSED_ON = /^\/(oauth2\/|\.well-known\/(jwks\.json|oauth-))/;

/** What judging needs. */
interface Judging {
  maker: Maker;
  document: OpenApiDocument;
  validate: (schema: Schema, value: unknown) => string[];
}

function makeJudge(document: OpenApiDocument, maker: Maker): Judge {
  const judging = { document, maker, validate: validator(document, maker) };
  const find = operationFinder(document);
  return (answer) => {
    const { method, path, status, body } = answer;
    if (!METHODS.includes(method) || DESCRIBED_ELSEWHERE.test(path)) return [];
    if (maker === "handlers" && PASSED_ON.test(path)) return [];
    const operation = find(method, path);
    const faults = faultsOf(judging, operation, answer);
    const [, reason] = /"reason":"([A-Z_]+)"/.exec(status >= 400 ? String(body) : "") ?? [];
    const where = [method, operation?.operationId ?? path, status, reason ?? ""].join(" ").trim();
    return faults.map((it) => `${where}: ${it}`);
  };
}

/** Compiles each schema when a value is first held against it. */
function validator(document: OpenApiDocument, maker: Maker): Judging["validate"] {
  const ajv = new Ajv2020({ strict: false, validateSchema: false, allErrors: false });
  (addFormats as unknown as (it: Ajv2020) => void)(ajv);
  ajv.addSchema({ $id: "openapi", components: { schemas: closedSchemas(document, maker) } });
  const compiled = new Map<string, ValidateFunction>();
  return (schema, value) => {
    const key = JSON.stringify(schema);
    let check = compiled.get(key);
    if (check === undefined) {
      const text = JSON.stringify(closedSchema(schema, maker, document)).replaceAll('"#/', '"openapi#/');
      check = ajv.compile(JSON.parse(text));
      compiled.set(key, check);
    }
    if (check(value)) return [];
    return (check.errors ?? []).map((it) =>
      `${it.instancePath} ${it.message} ${JSON.stringify(it.params)}`.trim(),
    );
  };
}

type FindOperation = (method: string, path: string) => Schema | undefined;

function operationFinder({ paths }: OpenApiDocument): FindOperation {
  const all = Object.entries(paths)
    .map(([template, item]) => ({
      item,
      pattern: patternOf(template),
      variables: template.split("{").length,
    }))
    .sort((one, other) => one.variables - other.variables);
  return (method, path) => {
    const wanted = (method === "HEAD" ? "GET" : method).toLowerCase();
    return all.find(({ pattern, item }) => pattern.test(path) && item[wanted] !== undefined)?.item[wanted];
  };
}

function patternOf(template: string): RegExp {
  const text = template.replaceAll(/[.*+?^$()|[\]\\]/g, "\\$&").replaceAll(/\{[^}]+\}/g, "[^/]+");
  return new RegExp(`^${text}$`);
}

const PROBLEM: Schema = { $ref: "#/components/responses/Problem" };

function faultsOf(judging: Judging, operation: Schema | undefined, answer: SeenAnswer): string[] {
  const { document } = judging;
  const { status, headers } = answer;
  const responses = (operation?.responses ?? { default: PROBLEM }) as Record<string, Schema>;
  const declared = responses[status] ?? (status >= 400 ? responses.default : undefined);
  if (declared === undefined) return ["the status is not described"];
  const response = resolved(document, declared);
  const faults = headerFaults(judging, response, headers);
  const type = headers.get("content-type");
  const content = (response.content ?? {}) as Record<string, Schema>;
  if (type === undefined) return answer.body?.length ? [...faults, "the body has no media type"] : faults;
  const media = mediaOf(content, type);
  if (media === undefined) return [...faults, `the media type ${type} is not described`];
  return [...faults, ...readableFaults(() => bodyFaults(judging, media.schema as Schema, type, answer))];
}

/** The faults of a body; that it is no JSON is one. */
function readableFaults(find: () => string[]): string[] {
  try {
    return find();
  } catch (error) {
    return [`the body cannot be read: ${(error as Error).message}`];
  }
}

function mediaOf(content: Record<string, Schema>, type: string): Schema | undefined {
  const base = (text: string) => text.split(";")[0]?.trim();
  return content[type] ?? Object.entries(content).find(([name]) => base(name) === base(type))?.[1];
}

function resolved(document: OpenApiDocument, schema: Schema): Schema {
  if (typeof schema.$ref !== "string") return schema;
  const [, , kind = "", name = ""] = schema.$ref.split("/");
  return document.components[kind]?.[name] as Schema;
}

/**
 * The headers that no response describes: the media type has a place of its own, Node frames the message, and the others speak to
 * browsers and proxies, not to the reader of the answer.
 */
const UNDESCRIBED =
  /^(content-(type|length)|date|connection|keep-alive|transfer-encoding|access-control-.*|content-security-policy|referrer-policy|x-content-type-options|x-accel-buffering)$/;

function headerFaults(
  { document, validate }: Judging,
  response: Schema,
  headers: ReadonlyMap<string, string>,
): string[] {
  const described = new Map(
    Object.entries((response.headers ?? {}) as Record<string, Schema>).map(([name, it]) => [
      name.toLowerCase(),
      it,
    ]),
  );
  return [...headers].flatMap(([name, value]) => {
    const header = described.get(name);
    if (header === undefined) return UNDESCRIBED.test(name) ? [] : [`the header ${name} is not described`];
    const { schema } = resolved(document, header);
    return validate(schema as Schema, value).map((it) => `the header ${name}: ${it}`);
  });
}

function bodyFaults(judging: Judging, schema: Schema, type: string, answer: SeenAnswer): string[] {
  const { document, validate, maker } = judging;
  const { method, status, body, isWhole } = answer;
  // A part of the bytes of a document is no document.
  if (body === undefined || method === "HEAD" || status === 206) return [];
  const text = body.toString("utf8");
  const problem = document.components.schemas.Problem as Schema;
  const faults = (value: unknown) => validate(schema, value);
  if (type.startsWith("text/event-stream")) {
    // The end of the last event is missing where the reader left.
    return text
      .split("\n\n")
      .slice(0, -1)
      .flatMap((event) => {
        const data = /^data: (.*)$/m.exec(event)?.[1];
        if (data === undefined) return [];
        return /^event: problem$/m.test(event)
          ? validate(problem, JSON.parse(data))
          : faults(JSON.parse(data));
      });
  }
  if (type.startsWith("application/x-ndjson")) {
    return text
      .split("\n")
      .slice(0, -1)
      .flatMap((line) => {
        const value = JSON.parse(line) as { problem?: unknown };
        return value.problem === undefined ? faults(value) : validate(problem, value.problem);
      });
  }
  if (!isWhole || !/[/+]json/.test(type)) return [];
  // What a handler leaves out.
  if (maker === "handlers" && text === "null") return [];
  const value = JSON.parse(text) as Schema;
  // Handlers refuse for whatever reason; those of the gateway are its own.
  if (maker === "handlers" && type === PROBLEM_TYPE && value.domain !== GATEWAY_DOMAIN)
    return validate(problem, value);
  return documentFaults(schema, value, judging);
}

const PROBLEM_TYPE = "application/problem+json";
const GATEWAY_DOMAIN = "gateway.tessera";

/** Holds a document and what it includes against schemas of their own: neither has the members of the other. */
function documentFaults(schema: Schema, value: Schema, { validate, document: openApi }: Judging): string[] {
  const inclusions: Schema[] = [];
  const document = withoutIncluded(schema, openApi.components.schemas, inclusions);
  const [inclusion] = inclusions;
  if (inclusion === undefined) return validate(schema, value);
  const { included, included_incomplete, ...rest } = value;
  const apart = {
    ...(included !== undefined && { included }),
    ...(included_incomplete !== undefined && { included_incomplete }),
  };
  return [...validate(document, rest), ...validate(inclusion, apart)];
}

function withoutIncluded(given: Schema, schemas: Record<string, Schema>, inclusions: Schema[]): Schema {
  const named = schemas[(given.$ref as string | undefined)?.split("/").at(-1) ?? ""];
  const schema = named?.allOf === undefined && named?.anyOf === undefined ? given : named;
  const [document, inclusion] = (schema.allOf ?? []) as Schema[];
  if (document !== undefined && inclusion !== undefined) {
    inclusions.push(inclusion);
    return document;
  }
  if (!Array.isArray(schema.anyOf)) return schema;
  return { ...schema, anyOf: schema.anyOf.map((it: Schema) => withoutIncluded(it, schemas, inclusions)) };
}
