import type { IncomingMessage } from "node:http";
import { FieldRole } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { fieldWithRole } from "@tessera/rpc/request-id.ts";
import { type Reply, withoutBody } from "../exchange.ts";
import { isAnsweredOnce, type Route } from "../routes/route.ts";

/** A part of a body: from the byte `start` up to `end`, which does not belong to it. */
export interface Part {
  start: number;
  end: number;
}

/** Says that parts of an answer can be asked for: its bytes are the same as long as its tag is. */
export const ACCEPTS_RANGES = { "Accept-Ranges": "bytes" } as const;

/** Whether parts of a route's answers can be asked for: of all that are read but bytes, and documents whose tag is a revision. */
export function hasParts({ rpc, httpMethod, answer, etag, shown }: Route): boolean {
  if (httpMethod !== "GET" || answer !== undefined) return false;
  if (etag !== undefined || !isAnsweredOnce(rpc)) return etag !== undefined;
  return shown.list || fieldWithRole(shown.desc, FieldRole.REVISION) === undefined;
}

/** One range of bytes (RFC 9110, 14.1.2). Several in one request are answered by the whole. */
const RANGE = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i;

type Headers = Pick<IncomingMessage, "method" | "headers">;

/**
 * Whether a request wants a part of what has this tag. If-Range asks for a part only of what the client has the beginning of: the
 * comparison is strong, and a time names nothing here.
 */
export function wantsPart({ method, headers }: Headers, etag: string): boolean {
  const { range, "if-range": ifRange } = headers;
  if (method !== "GET" || range === undefined || partIn(range, 1) === undefined) return false;
  return ifRange === undefined || ifRange.toString().trim() === etag;
}

/** The part of `length` bytes that a header names: undefined for what is no single range, and no part where nothing lies. */
function partIn(range: string, length: number): Part | "none" | undefined {
  const [, first = "", last = ""] = RANGE.exec(range) ?? [];
  if (first === "" && last === "") return undefined;
  if (first !== "" && last !== "" && Number(last) < Number(first)) return undefined;
  const part =
    first === ""
      ? { start: Math.max(0, length - Number(last)), end: length }
      : { start: Number(first), end: last === "" ? length : Math.min(Number(last) + 1, length) };
  return part.start < part.end ? part : "none";
}

/** What of `length` bytes with this tag a request is answered with: the status, the headers that say so, and the part. */
export function partFor(
  request: Headers,
  etag: string,
  length: number,
): { status: 200 | 206 | 416; headers: Record<string, string>; part: Part } {
  const whole = { status: 200, headers: {}, part: { start: 0, end: length } } as const;
  if (!wantsPart(request, etag)) return whole;
  const part = partIn(request.headers.range as string, length);
  if (part === undefined) return whole;
  if (part === "none")
    return { status: 416, headers: { "Content-Range": `bytes */${length}` }, part: { start: 0, end: 0 } };
  return {
    status: 206,
    headers: { "Content-Range": `bytes ${part.start}-${part.end - 1}/${length}` },
    part,
  };
}

/** Answers with the part that a request wants of a reply that accepts ranges; with all of any other. */
export function rangedReply(request: Headers, reply: Reply): Reply {
  const { status, headers, body } = reply;
  const { ETag: etag } = headers;
  if (status !== 200 || headers["Accept-Ranges"] === undefined || typeof etag !== "string") return reply;
  if (!wantsPart(request, etag)) return reply;
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body ?? "");
  const { status: found, headers: said, part } = partFor(request, etag, bytes.length);
  if (found === 416) return { status: 416, headers: { ...withoutBody(headers), ...said } };
  return { status: found, headers: { ...headers, ...said }, body: bytes.subarray(part.start, part.end) };
}
