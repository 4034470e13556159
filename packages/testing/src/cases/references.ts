import { type DescMethod, getOption, type JsonObject, type JsonValue } from "@bufbuild/protobuf";
import { http } from "@tessera/contracts/google/api/annotations_pb.ts";
import type { ReasonFacts } from "@tessera/contracts/reason-facts.ts";

const NOT_FOUND = 404;
const WELL_FORMED_BUT_WRONG = 422;

/**
 * Whether what a refusal says is missing is referred to by the request, and not named by its URL. Where there is no body,
 * the query is a part of the name.
 */
export function isReference(method: DescMethod, { httpStatus, metadataKeys }: ReasonFacts): boolean {
  if (httpStatus !== NOT_FOUND) return false;
  const path = [...pathOf(method).matchAll(/\{([^}=]+)/g)].map(([, name]) => name?.split(".").at(-1));
  const named = hasBody(method) ? path : [...path, ...method.input.fields.map(({ name }) => name)];
  return !metadataKeys.every((key) => named.includes(key));
}

/** The status of a refusal over HTTP: a wrong reference beside a body is no missing resource. */
export function statusOf(method: DescMethod, facts: ReasonFacts): number {
  return isReference(method, facts) && hasBody(method) ? WELL_FORMED_BUT_WRONG : facts.httpStatus;
}

/** What a request holds at the path that a refusal names: by its path in the message, or a pointer into the body. */
export function valueAt(request: JsonObject, path: string): JsonValue | undefined {
  const steps = path.split(/[./[\]]+/).filter((step) => step !== "");
  const follow = (from: JsonValue): JsonValue | undefined =>
    steps.reduce<JsonValue | undefined>((at, step) => (at as JsonObject | undefined)?.[step], from);
  const bodies = Object.values(request).filter((it) => typeof it === "object" && it !== null);
  return [request, ...bodies].map(follow).find((it) => it !== undefined);
}

function hasBody(method: DescMethod): boolean {
  return getOption(method, http).body !== "";
}

function pathOf(method: DescMethod): string {
  return String(getOption(method, http).pattern.value);
}
