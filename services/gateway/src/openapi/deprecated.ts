import type { Deprecations } from "../routes/deprecation.ts";
import type { Route } from "../routes/route.ts";
import { COMPONENTS } from "./components.ts";
import type { Schema } from "./field-rules.ts";
import type { SchemaBook } from "./schema-book.ts";

/** What the headers are about a deprecated RPC. */
const HEADERS: Record<string, Schema> = {
  Deprecation: {
    description: "Since when the operation is deprecated: `@` and a time in seconds (RFC 9745).",
    schema: { type: "string", pattern: "^@[0-9]+$" },
  },
  Sunset: {
    description: "When the operation stops working at the earliest (RFC 8594).",
    schema: { type: "string" },
  },
  Link: { $ref: "#/components/headers/Link" },
};

/**
 * The responses of an operation, each with the headers that every answer of a deprecated RPC has. A response that operations share
 * is described here on its own: other operations have no such headers.
 */
export function withDeprecation(
  responses: Record<string, Schema>,
  routes: readonly Route[],
  deprecations: Deprecations,
  book: SchemaBook,
): Record<string, Schema> {
  const names = new Set(routes.flatMap(({ rpc }) => Object.keys(deprecations.get(rpc)?.("/") ?? {})));
  if (names.size === 0) return responses;
  const headers = Object.fromEntries([...names].map((it) => [it, HEADERS[it]]));
  const shared: Record<string, Schema> = { ...COMPONENTS.responses, ...book.responses };
  const described = Object.entries(responses).map(([status, response]) => {
    const { $ref } = response;
    const whole = typeof $ref === "string" ? shared[$ref.split("/").at(-1) as string] : response;
    return [status, { ...whole, headers: { ...(whole?.headers as Schema), ...headers } }];
  });
  return Object.fromEntries(described);
}
