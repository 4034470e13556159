import { STATUS_CODES } from "node:http";
import type { Refusal } from "@tessera/rpc/refusal.ts";
import type { OAuthFault } from "./oauth-fault.ts";

/** What one request is answered with. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** Of everything that is made for one caller alone. */
const NO_STORE = { "cache-control": "no-store", pragma: "no-cache" };
/** Our pages load nothing, cannot be framed, and send no referrer. */
const PAGE = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy":
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
};

/** A document that nobody keeps. */
export function json(status: number, value: unknown, headers: Record<string, string> = {}): Answer {
  const type = { "content-type": "application/json", ...NO_STORE };
  return { status, headers: { ...type, ...headers }, body: JSON.stringify(value) };
}

/** Sends a browser elsewhere. */
export function redirect(location: string, headers: Record<string, string> = {}): Answer {
  return {
    status: 302,
    headers: { location, ...NO_STORE, "referrer-policy": "no-referrer", ...headers },
    body: "",
  };
}

/** A sentence. */
export function sentence(status: number, text: string, headers: Record<string, string> = {}): Answer {
  const type = { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" };
  return { status, headers: { ...type, ...headers }, body: `${text}\n` };
}

/**
 * An error of OAuth (RFC 6749, 5.2). A client that authenticated by the Authorization header gets its answer there.
 */
export function faultAnswer(fault: OAuthFault, sentAuthorization: boolean): Answer {
  const challenge = fault.status === 401 &&
    sentAuthorization && { "www-authenticate": 'Basic realm="tessera"' };
  return json(fault.status, { error: fault.error, error_description: fault.message }, { ...challenge });
}

/** A refusal as a problem document (RFC 9457), or as a small page for who reads HTML. */
export function problem(
  { reason, metadata, message, retryAfterMs }: Refusal,
  accept: string | undefined,
): Answer {
  const type = problemPath(reason.name);
  const headers = {
    ...NO_STORE,
    vary: "accept",
    "referrer-policy": "no-referrer",
    ...(retryAfterMs !== undefined && { "retry-after": String(Math.max(1, Math.ceil(retryAfterMs / 1000))) }),
  };
  if (accept?.includes("text/html")) {
    const body = page(
      reason.title,
      `${reason.name} (${reason.httpStatus} ${STATUS_CODES[reason.httpStatus]})`,
    );
    return { status: reason.httpStatus, headers: { ...PAGE, ...headers }, body };
  }
  const document = {
    type,
    title: reason.title,
    status: reason.httpStatus,
    detail: message,
    reason: reason.name,
    domain: reason.domain,
    ...(Object.keys(metadata).length > 0 && { metadata }),
    retryable: reason.retryable,
  };
  const shown = { "content-type": "application/problem+json", ...headers };
  return { status: reason.httpStatus, headers: shown, body: JSON.stringify(document) };
}

/** The path of the page that explains a reason; the gateway has it. */
export function problemPath(reason: string): string {
  return `/problems/${reason.toLowerCase().replaceAll("_", "-")}`;
}

/** Both texts are ours, out of the contract. */
function page(title: string, small: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><h1>${title}</h1><p>${small}</p></html>\n`;
}
