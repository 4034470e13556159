import type { DescField } from "@bufbuild/protobuf";
import type { FieldViolation } from "@tessera/rpc/refusal.ts";
import type { Fault } from "../http-refusal.ts";
import { LANGUAGE, type Route } from "../routes/route.ts";
import { escapePointer } from "./pointer.ts";

/** Says where in the HTTP request the field is that a service complained of: "project.area" is "/area" of the body. */
export function locate(route: Route, { field, description, rule }: FieldViolation): Fault {
  return { ...locationOf(route, partsOf(field)), detail: description, rule };
}

const PART = /\["((?:[^"\\]|\\.)*)"\]|\[([^\]]*)\]|([^.[\]]+)/g;

function partsOf(field: string): string[] {
  return [...field.matchAll(PART)].map(([, key, index, name]) => key ?? index ?? name ?? "");
}

function locationOf(route: Route, parts: readonly string[]): Pick<Fault, "in" | "name"> {
  const name = parts.join(".");
  const [first] = parts;
  const bound = route.variables.some(({ variable }) => variable.fieldPath.join(".") === name);
  if (bound) return { in: "path", name };
  if (is(route.requestId, first)) return { in: "header", name: "Idempotency-Key" };
  if (is(route.expectedRevision, first)) return { in: "header", name: "If-Match" };
  if (is(route.languages, first)) return { in: "query", name: LANGUAGE };
  if (is(route.mask, first)) return { in: "body", name: "" };
  if (route.body === "all" || parts.length === 0) return { in: "body", name: pointer(parts) };
  if (typeof route.body === "object" && is(route.body, first))
    return { in: "body", name: pointer(parts.slice(1)) };
  // A parameter is given once for each element of a list, and has no number.
  return { in: "query", name: parts.filter((it) => !/^[0-9]/.test(it)).join(".") };
}

function is(field: DescField | undefined, name: string | undefined): boolean {
  return field !== undefined && field.name === name;
}

function pointer(parts: readonly string[]): string {
  return parts.map((it) => `/${escapePointer(it)}`).join("");
}
