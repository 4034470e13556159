import { Code } from "@connectrpc/connect";
import { translateFailure } from "@tessera/postgres/translate-failure.ts";
import { Refusal } from "@tessera/rpc/refusal.ts";
import { type Answer, faultAnswer, json, problem, sentence } from "../oauth-http/answer.ts";
import type { HttpAsk } from "../oauth-http/http-ask.ts";
import type { Answered } from "../oauth-http/http-server.ts";
import { OAuthFault } from "../oauth-http/oauth-fault.ts";
import { publishedDocument } from "../oauth-http/published-document.ts";
import { authorize } from "./authorize.ts";
import { callback } from "./callback.ts";
import { introspect } from "./introspect.ts";
import { metadata } from "./metadata.ts";
import { revoke } from "./revoke.ts";
import type { SignInDeps } from "./sign-in-deps.ts";
import { token } from "./token.ts";

/** The audience of an endpoint, which decides the form of its errors. */
type Speaks = "browser" | "client";

interface Endpoint {
  methods: readonly string[];
  speaks: Speaks;
  answer: (ask: HttpAsk) => Promise<Answer>;
}

export const KEYS_PATH = "/.well-known/jwks.json";
export const METADATA_PATH = "/.well-known/oauth-authorization-server";
const READ = ["GET", "HEAD"];

/** Answers every request to the HTTP port: the published keys, and, where they have a public address, OAuth's endpoints. */
export function endpoints(it: SignInDeps): (ask: HttpAsk) => Promise<Answered> {
  const table = tableOf(it);
  return async (ask) => {
    const endpoint = table.get(ask.path);
    const [route, speaks] = endpoint ? [ask.path, endpoint.speaks] : ["", "client" as const];
    if (endpoint === undefined) return { answer: sentence(404, "There is nothing here."), route, reason: "" };
    if (!endpoint.methods.includes(ask.method)) {
      const allow = endpoint.methods.join(", ");
      return { answer: sentence(405, `Only ${allow} is taken here.`, { allow }), route, reason: "" };
    }
    try {
      return { answer: await endpoint.answer(ask), route, reason: "" };
    } catch (error) {
      return { ...refused(it, speaks, ask, error), route };
    }
  };
}

function tableOf(it: SignInDeps): ReadonlyMap<string, Endpoint> {
  const { deps, publicUrl, upstream, limits } = it;
  const table = new Map<string, Endpoint>();
  const published = (path: string, type: string, document: () => unknown) =>
    table.set(path, {
      methods: READ,
      speaks: "client",
      answer: async (ask) => {
        await limits.spend("KEYS", { address: ask.address });
        return publishedDocument(ask.headers["if-none-match"], type, document());
      },
    });
  published(KEYS_PATH, "application/jwk-set+json", () => deps.keys.published());
  const alive = async () => sentence(200, "The service is running.");
  table.set("/health/live", { methods: READ, speaks: "client", answer: alive });
  if (publicUrl === undefined) return table;
  const shown = metadata(deps.tokenIssuer, publicUrl, { offersSignIn: upstream !== undefined });
  // Of an issuer with a path, clients ask for the document under that path (RFC 8414, 3.1).
  const { pathname } = new URL(deps.tokenIssuer);
  for (const path of new Set([METADATA_PATH, `${METADATA_PATH}${pathname.replace(/\/$/, "")}`])) {
    published(path, "application/json", () => shown);
  }
  const add = (
    path: string,
    method: string,
    speaks: Speaks,
    answer: (it: SignInDeps, ask: HttpAsk) => Promise<Answer>,
  ) => table.set(path, { methods: [method], speaks, answer: (ask) => answer(it, ask) });
  add("/oauth2/authorize", "GET", "browser", authorize);
  add("/oauth2/callback", "GET", "browser", callback);
  add("/oauth2/token", "POST", "client", token);
  add("/oauth2/revoke", "POST", "client", revoke);
  add("/oauth2/introspect", "POST", "client", introspect);
  return table;
}

function refused({ log }: SignInDeps, speaks: Speaks, ask: HttpAsk, error: unknown): Omit<Answered, "route"> {
  if (error instanceof OAuthFault)
    return { answer: faultAnswer(error, ask.headers.authorization !== undefined), reason: error.error };
  if (error instanceof Refusal) {
    const reason = error.reason.name;
    if (speaks === "browser") return { answer: problem(error, ask.headers.accept), reason };
    return { answer: refusalAnswer(error), reason };
  }
  const failure = translateFailure(error);
  const status = failure?.code === Code.Unavailable ? 503 : 500;
  if (failure === undefined)
    log.error({ err: error, method: ask.method, path: ask.path }, "request failed with an internal error");
  else log.warn({ cause: failure.rawMessage, method: ask.method, path: ask.path }, "request failed");
  if (speaks === "browser")
    return { answer: sentence(status, "Something went wrong here. Try again."), reason: "" };
  const word = status === 503 ? "temporarily_unavailable" : "server_error";
  return { answer: json(status, { error: word, error_description: "the outcome is unknown" }), reason: "" };
}

/** A refusal without an OAuth error code: its reason is added. */
function refusalAnswer({ reason, retryAfterMs }: Refusal): Answer {
  const body = {
    error: reason.retryable ? "temporarily_unavailable" : "invalid_request",
    error_description: reason.title,
    reason: reason.name,
  };
  const wait = retryAfterMs !== undefined && {
    "retry-after": String(Math.max(1, Math.ceil(retryAfterMs / 1000))),
  };
  return json(reason.httpStatus, body, { ...wait });
}
