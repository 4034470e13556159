import type { Schema } from "./field-rules.ts";

const TAG = "Gateway";

/** The tag of what no RPC answers. */
export const OWN_TAG = {
  name: TAG,
  description: "The gateway's own resources, and the endpoints of OAuth, which it passes on to auth.",
};

/** A reference to the header of answers with this name. */
export const header = (name: string): Schema => ({ $ref: `#/components/headers/${name}` });
const EVERY_HEADER = {
  "Request-Id": header("RequestId"),
  "Cache-Control": header("CacheControl"),
  Vary: header("Vary"),
  "Content-Encoding": header("ContentEncoding"),
};
const PROBLEM = { $ref: "#/components/responses/Problem" };
/** Generators of clients do not know ranges of statuses (`4XX`). */
const OTHERS = { "400": PROBLEM, default: PROBLEM };

/** An operation that no RPC answers. */
interface Own {
  id: string;
  summary: string;
  parameters?: Schema[];
  requestBody?: Schema;
  security?: Schema[];
  responses: Record<string, Schema>;
  /** The answers of all other statuses: problems. */
  others?: Record<string, Schema>;
}

/** Describes an operation that no RPC answers. */
export function own({ id, summary, security = [], others = OTHERS, ...own }: Own): Schema {
  const { parameters, requestBody, responses } = own;
  return {
    operationId: id,
    tags: [TAG],
    summary,
    description: `${summary}.`,
    security,
    ...(parameters && { parameters }),
    ...(requestBody && { requestBody }),
    responses: { ...others, ...responses },
  };
}

/** Describes an answer. */
export function answer(description: string, content?: Record<string, Schema>, headers: Schema = {}): Schema {
  const bodies = content && Object.entries(content).map(([type, schema]) => [type, { schema }]);
  return {
    description,
    headers: { ...EVERY_HEADER, ...headers },
    ...(bodies && { content: Object.fromEntries(bodies) }),
  };
}

export const TEXT: Schema = { type: "string" };
/** An object whose members are described elsewhere. */
export const OPEN: Schema = { type: "object", additionalProperties: true };
