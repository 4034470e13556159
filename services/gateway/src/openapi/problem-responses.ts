import type { DescEnum } from "@bufbuild/protobuf";
import { REASONS } from "@tessera/contracts/catalogue.ts";
import { commentOf } from "@tessera/contracts/comments.ts";
import {
  type ReasonFacts,
  reasonFacts,
  reasonNamed,
  refusalsOf,
  rulesOf,
} from "@tessera/contracts/reason-facts.ts";
import { Reason, ReasonSchema } from "@tessera/contracts/tessera/gateway/v1/reason_pb.ts";
import { RefusalClass } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { problemType } from "../problems/problem.ts";
import type { Route } from "../routes/route.ts";
import type { Schema } from "./field-rules.ts";
import { proseOf } from "./prose.ts";
import type { SchemaBook } from "./schema-book.ts";

/** The headers of every answer of an RPC. */
export const EVERY_HEADER = {
  "Request-Id": ref("headers", "RequestId"),
  "Cache-Control": ref("headers", "CacheControl"),
  Vary: ref("headers", "Vary"),
  RateLimit: ref("headers", "RateLimit"),
  "RateLimit-Policy": ref("headers", "RateLimitPolicy"),
};

const PROBLEM_HEADERS = {
  ...EVERY_HEADER,
  "Idempotency-Key": ref("headers", "IdempotencyKey"),
  "Retry-After": ref("headers", "RetryAfter"),
  "Content-Encoding": ref("headers", "ContentEncoding"),
};

const PROBLEM_TYPE = "application/problem+json";

/** The reasons with which the gateway itself may refuse a request that has this route. */
export function gatewayReasons({ body, upload, expectedRevision }: Route): ReasonFacts[] {
  const takesBody = body !== "none" || upload !== undefined;
  const reasons = [
    Reason.NOT_ACCEPTABLE,
    Reason.REQUEST_MALFORMED,
    Reason.FIELD_UNREADABLE,
    // A body that says nothing is let in where none is wanted.
    Reason.BODY_TOO_LARGE,
    Reason.BODY_TOO_SLOW,
    Reason.UNSUPPORTED_MEDIA_TYPE,
    ...(takesBody ? [Reason.BODY_MALFORMED] : []),
    ...(expectedRevision ? [Reason.PRECONDITION_REQUIRED] : []),
  ];
  return reasons.map((it) => reasonFacts(ReasonSchema, it));
}

/** The problems that requests to some routes may meet, by status. */
export function problemResponses(routes: readonly Route[], book: SchemaBook): Record<string, Schema> {
  const ofOperation = routes.some(({ startsOperation }) => startsOperation);
  const byStatus = new Map<number, Set<ReasonFacts>>();
  const add = (status: number, facts: ReasonFacts) =>
    byStatus.set(status, (byStatus.get(status) ?? new Set()).add(facts));
  for (const route of routes) {
    for (const facts of reasonsOf(route)) {
      add(facts.httpStatus, facts);
      // What a body refers to, and is not there.
      if (facts.httpStatus === 404 && route.body !== "none") add(422, facts);
    }
  }
  const statuses = [...byStatus].sort(([one], [other]) => one - other);
  return {
    ...Object.fromEntries(
      statuses.map(([status, reasons]) => [
        status,
        sharedResponse({ status, reasons: [...reasons], ofOperation }, book),
      ]),
    ),
    default: defaultResponse(book),
  };
}

function reasonsOf(route: Route): ReasonFacts[] {
  const { operationRefusals } = rulesOf(route.rpc);
  const ofOperation = operationRefusals.flatMap((name) => reasonNamed(name) ?? []);
  return [...gatewayReasons(route), ...refusalsOf(route.rpc), ...ofOperation];
}

interface Refused {
  status: number;
  reasons: readonly ReasonFacts[];
  /** Whether the operation that was started may be what failed. */
  ofOperation: boolean;
}

/** Operations that may refuse for the same reasons share a response, which is called after what not all of them have. */
function sharedResponse(refused: Refused, book: SchemaBook): Schema {
  const { status, reasons, ofOperation } = refused;
  const own = reasons.filter((it) => it.class === RefusalClass.UNSPECIFIED).map((it) => pascal(it.name));
  const ofCommand = reasons.some((it) => it.class === RefusalClass.EVERY_COMMAND) ? "Command" : "";
  const name = `${ofOperation ? "Failed" : "Refused"}${ofCommand}${status}${own.join("Or")}`;
  return book.response(name, () => responseOf(refused, book));
}

function responseOf({ status, reasons, ofOperation }: Refused, book: SchemaBook): Schema {
  const schemas = reasons.map((it) => reasonSchema(it, book));
  const plain = status >= 500 || status === 404 ? [plainSchema(book)] : [];
  const all = [...schemas, ...plain];
  const titles = reasons.map(({ name, title }) => `- \`${name}\`: ${title}`);
  return {
    description: [`Refused, for one of these reasons:`, titles.join("\n")].join("\n\n"),
    headers: {
      ...PROBLEM_HEADERS,
      ...((status === 401 || status === 403) && { "WWW-Authenticate": ref("headers", "WwwAuthenticate") }),
      ...(status === 415 && { "Accept-Patch": ref("headers", "AcceptPatch") }),
      ...(ofOperation && {
        Location: ref("headers", "Location"),
        "Preference-Applied": ref("headers", "PreferenceApplied"),
      }),
    },
    content: {
      [PROBLEM_TYPE]: { schema: all.length === 1 ? all[0] : { oneOf: all } },
    },
  };
}

/** The schema of the problem documents of one reason: its type, reason and the keys of its metadata. */
function reasonSchema(facts: ReasonFacts, book: SchemaBook): Schema {
  const { name, domain, title, httpStatus, retryable, metadataKeys } = facts;
  const statuses = httpStatus === 404 ? [404, 422] : [httpStatus];
  return book.named(`${pascal(name)}Problem`, facts, () => {
    const { required, properties } = problemParts(book);
    return {
      type: "object",
      description: `${title}.\n\n${proseOf(commentOfReason(facts))}`,
      required: [...required, "reason", "domain", "detail"],
      properties: {
        ...properties,
        type: { const: problemType(name) },
        title: { const: title },
        status: { type: "integer", enum: statuses },
        reason: { const: name },
        domain: { const: domain },
        retryable: { const: retryable },
        ...(metadataKeys.length > 0 && { metadata: metadataSchema(metadataKeys) }),
      },
      example: exampleOf(facts),
    };
  });
}

function metadataSchema(keys: readonly string[]): Schema {
  return {
    type: "object",
    description: "Facts about this occurrence.",
    properties: Object.fromEntries(keys.map((key) => [key, { type: "string" }])),
  };
}

function exampleOf({ name, domain, title, httpStatus, retryable }: ReasonFacts): Schema {
  return {
    type: problemType(name),
    title,
    status: httpStatus,
    detail: title,
    instance: "/v1/projects",
    reason: name,
    domain,
    retryable,
    request_id: "0b7f2c52-7a0e-4e0b-9a3c-6c1c0a1f4d1e",
  };
}

/** A problem without a reason: the outcome is not known. */
function plainSchema(book: SchemaBook): Schema {
  return book.named("PlainProblem", plainSchema, () => {
    const { required, properties } = problemParts(book);
    return {
      type: "object",
      description:
        "A problem without a reason: the outcome is not known. Send the same again with the same Idempotency-Key.",
      required,
      properties: { ...properties, type: { const: "about:blank" } },
    };
  });
}

function defaultResponse(book: SchemaBook): Schema {
  book.named("Problem", defaultResponse, () => ({
    type: "object",
    description: "A problem document (RFC 9457).",
    ...problemParts(book),
  }));
  return ref("responses", "Problem");
}

/** What all problem documents have. */
function problemParts(book: SchemaBook): { required: string[]; properties: Record<string, Schema> } {
  const errors = book.named("ProblemError", problemParts, () => ({
    type: "object",
    description: "A part of the request that was refused: a pointer into its body, a parameter or a header.",
    required: ["detail", "rule"],
    properties: {
      pointer: { type: "string", description: 'A JSON pointer (RFC 6901) into the body; "" is all of it.' },
      parameter: { type: "string", description: "The name of a parameter of the path or the query." },
      header: { type: "string", description: "The name of a header." },
      detail: { type: "string", description: "What is wrong with it, for people." },
      rule: { type: "string", description: "The rule that it breaks." },
    },
  }));
  return {
    required: ["type", "title", "status", "instance", "retryable", "request_id"],
    properties: {
      type: { type: "string", description: "The path of the page that explains the reason." },
      title: { type: "string", description: "The same for each occurrence." },
      status: { type: "integer", minimum: 400, maximum: 599 },
      detail: { type: "string", description: "What happened this time, for people." },
      instance: { type: "string", description: "The path of the request." },
      reason: { type: "string", description: "Why nothing was done. Absent where the outcome is not known." },
      domain: { type: "string", description: "The service whose reason it is." },
      metadata: {
        type: "object",
        description: "Facts about this occurrence.",
        additionalProperties: { type: "string" },
      },
      errors: { type: "array", items: errors },
      retryable: { type: "boolean", description: "Whether the same request may succeed later." },
      request_id: { type: "string", description: "The gateway's id of the request, for its operators." },
      operation: {
        type: "object",
        description: "The operation that failed, if the request waited for its end.",
        additionalProperties: true,
      },
    },
  };
}

/** The response for a status that no reason has. */
export const PROBLEM_RESPONSE: Schema = {
  description: "Any other problem. Without a `reason` the outcome is not known.",
  headers: {
    ...PROBLEM_HEADERS,
    Location: ref("headers", "Location"),
    "Preference-Applied": ref("headers", "PreferenceApplied"),
    Allow: ref("headers", "Allow"),
    "Accept-Patch": ref("headers", "AcceptPatch"),
    "WWW-Authenticate": ref("headers", "WwwAuthenticate"),
  },
  content: { [PROBLEM_TYPE]: { schema: ref("schemas", "Problem") } },
};

function ref(kind: string, name: string): Schema {
  return { $ref: `#/components/${kind}/${name}` };
}

function pascal(name: string): string {
  return name
    .toLowerCase()
    .split("_")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
}

function commentOfReason({ name, domain }: ReasonFacts): string {
  const value = REASONS.flatMap((desc: DescEnum) => desc.values).find(
    (it) => it.name === `REASON_${name}` && reasonFacts(it.parent, it.number).domain === domain,
  );
  return value === undefined ? "" : commentOf(value);
}
