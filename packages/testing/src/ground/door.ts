import { randomUUID } from "node:crypto";
import {
  type DescMessage,
  type DescMethod,
  type DescMethodUnary,
  fromJson,
  getOption,
  type JsonObject,
  type JsonValue,
  toJson,
} from "@bufbuild/protobuf";
import { ConnectError, type Transport } from "@connectrpc/connect";
import { http } from "@tessera/contracts/google/api/annotations_pb.ts";
import { refusalIn } from "@tessera/rpc/refusal-wire.ts";

/** The outcome of a call, in the same words for both doors. */
export interface Answer {
  /** "OK", the reason of a refusal, or the code of an error without one. */
  reason: string;
  /** The paths of the fields that a refusal blames. */
  fields: string[];
  /** The rules that those fields break, in the same order. */
  rules: string[];
  metadata: Record<string, string>;
  /** The HTTP status by the contract. */
  status: number;
}

/** One of the two ways into the system. */
export interface Door {
  name: string;
  call(method: DescMethod, request: JsonObject, token?: string): Promise<Answer>;
}

/** Straight to the services. */
export function grpcDoor(transportOf: (method: DescMethod) => Transport): Door {
  return {
    name: "gRPC",
    call: async (method, request, token) => {
      const input = fromJson(method.input, packed(request)) as never;
      const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
      const transport = transportOf(method);
      try {
        if (method.methodKind === "unary") {
          const unary = method as DescMethodUnary<DescMessage, DescMessage>;
          const { message } = await transport.unary(unary, undefined, undefined, headers, input);
          toJson(method.output, message);
        } else {
          const only = (async function* () {
            yield input;
          })();
          const { message } = await transport.stream(method as never, undefined, undefined, headers, only);
          // One message says that the stream was admitted.
          for await (const _ of message) break;
        }
        return { reason: "OK", fields: [], rules: [], metadata: {}, status: 200 };
      } catch (error) {
        return ofError(error);
      }
    },
  };
}

function ofError(error: unknown): Answer {
  if (!(error instanceof ConnectError)) throw error;
  const refusal = refusalIn(error);
  if (refusal === undefined)
    return { reason: `code ${error.code}`, fields: [], rules: [], metadata: {}, status: 0 };
  const { reason, violations, metadata } = refusal;
  return {
    reason: reason.name,
    fields: violations.map(({ field }) => field),
    rules: violations.map(({ rule }) => rule),
    metadata: { ...metadata },
    status: reason.httpStatus,
  };
}

/** Cases state areas as GeoJSON; gRPC takes them packed, and as they are. */
function packed(value: JsonObject): JsonObject {
  if (value.type === "MultiPolygon") return packedArea(value.coordinates as number[][][][]);
  return Object.fromEntries(Object.entries(value).map(([key, it]) => [key, packedValue(it)]));
}

function packedValue(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(packedValue);
  return typeof value === "object" && value !== null ? packed(value) : value;
}

function packedArea(polygons: number[][][][]): JsonObject {
  const rings = polygons.flat();
  return {
    coordinates: rings.flat(2),
    ring_lengths: rings.map((ring) => ring.length),
    polygon_lengths: polygons.map((polygon) => polygon.length),
  };
}

/** Through the gateway, by the route that the contract states. */
export function restDoor(url: string): Door {
  return {
    name: "REST",
    call: async (method, request, token) => {
      const { verb, path, body, query, headers } = httpOf(method, request);
      const response = await fetch(`${url}${path}${query}`, {
        method: verb,
        headers: { ...headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) },
        ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
      });
      if (response.ok) {
        await response.body?.cancel();
        return { reason: "OK", fields: [], rules: [], metadata: {}, status: 200 };
      }
      const problem = (await response.json()) as {
        reason?: string;
        metadata?: Record<string, string>;
        errors?: Record<string, string>[];
      };
      if (response.headers.get("content-type") !== "application/problem+json")
        throw new Error("not a problem document");
      return {
        reason: problem.reason ?? `code ${response.status}`,
        fields: (problem.errors ?? []).map((it) => it.pointer ?? it.parameter ?? it.header ?? ""),
        rules: (problem.errors ?? []).map((it) => it.rule ?? ""),
        metadata: problem.metadata ?? {},
        status: response.status,
      };
    },
  };
}

/** The HTTP request that says the same as `request`. */
function httpOf(method: DescMethod, request: JsonObject) {
  const rule = getOption(method, http);
  const verb = (rule.pattern.case ?? "get").toUpperCase();
  const rest: JsonObject = { ...request };
  const headers: Record<string, string> = {};
  const idempotencyKey = take(rest, "request_id");
  if (typeof idempotencyKey === "string") headers["idempotency-key"] = `"${idempotencyKey}"`;
  const revision = take(rest, "expected_revision");
  if (revision !== undefined) headers["if-match"] = `"${revision}"`;
  // The gateway knows its own URL.
  take(rest, "public_url");
  // The mask of a merge patch is its body.
  take(rest, "update_mask");
  const path = String(rule.pattern.value).replace(/\{([^}]+)\}/g, (_, name: string) => {
    const [outer, inner] = name.split(".") as [string, string?];
    if (inner === undefined) return encodeURIComponent(String(take(rest, outer)));
    const nested = { ...(rest[outer] as JsonObject) };
    rest[outer] = nested;
    return encodeURIComponent(String(take(nested, inner)));
  });
  const body = rule.body === "*" ? rest : rule.body === "" ? undefined : take(rest, rule.body);
  if (body !== undefined) headers["content-type"] = "application/json";
  if (method.methodKind === "client_streaming") return { verb, path, query: "", ...fileOf(rest, headers) };
  const parameters = rule.body === "*" ? [] : parametersOf(rest);
  if (method.methodKind === "server_streaming") headers.accept = "text/event-stream, application/x-ndjson";
  return { verb, path, body, query: parameters.length > 0 ? `?${parameters.join("&")}` : "", headers };
}

/** The body that is the file of an upload, and what its headers say of it. */
function fileOf({ file_name, media_type, chunk }: JsonObject, headers: Record<string, string>) {
  headers["content-type"] = String(media_type ?? "application/octet-stream");
  if (file_name !== undefined) headers["content-disposition"] = `attachment; filename="${file_name}"`;
  return { headers, body: Buffer.from(String(chunk ?? ""), "base64").toString("utf8") };
}

/** What a query says: lists as a parameter for each element, what lies deeper by its path. */
function parametersOf(fields: JsonObject, path = ""): string[] {
  return Object.entries(fields).flatMap(([key, value]) => {
    const name = `${path}${key}`;
    if (Array.isArray(value)) return value.map((it) => `${name}=${encodeURIComponent(String(it))}`);
    if (typeof value === "object" && value !== null) return parametersOf(value, `${name}.`);
    return [`${name}=${encodeURIComponent(String(value))}`];
  });
}

function take(from: JsonObject, key: string) {
  const value = from[key];
  delete from[key];
  return value;
}

export function requestId(): string {
  return randomUUID();
}
