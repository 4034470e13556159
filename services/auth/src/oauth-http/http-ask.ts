import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { oauthFault } from "./oauth-fault.ts";
import { type Parameters, readParameters } from "./parameters.ts";

/** One HTTP request, as the endpoints see it. */
export interface HttpAsk {
  method: string;
  path: string;
  /** Without "?". */
  query: string;
  headers: IncomingHttpHeaders;
  /** Of the client, beyond the proxies that are trusted. */
  address: string;
  /** Whether nobody waits for the answer any more. */
  isGone(): boolean;
  /** The form that was sent. Throws an OAuthFault for anything else. */
  form(): Promise<Parameters>;
}

const FORM_MAX_BYTES = 32 * 1024;

/** Reads a request's form: `application/x-www-form-urlencoded`, in no content coding, and no larger than it may be. */
export async function readForm(request: IncomingMessage): Promise<Parameters> {
  const [type, ...parameters] = (request.headers["content-type"] ?? "").toLowerCase().split(";");
  const charset = parameters.map((it) => it.trim()).find((it) => it.startsWith("charset="));
  const sound =
    type?.trim() === "application/x-www-form-urlencoded" &&
    (charset === undefined || ["charset=utf-8", 'charset="utf-8"'].includes(charset)) &&
    request.headers["content-encoding"] === undefined;
  if (!sound) throw oauthFault("invalid_request", "the body must be application/x-www-form-urlencoded", 415);
  const chunks: Buffer[] = [];
  let length = 0;
  // The connection is needed for the answer, whatever is left unread.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > FORM_MAX_BYTES) throw oauthFault("invalid_request", "the body is too large", 413);
    chunks.push(chunk);
  }
  return readParameters(Buffer.concat(chunks).toString("utf8"));
}
