import type { Schema } from "./field-rules.ts";
import { answer, header, OPEN, own, TEXT } from "./own-operation.ts";

const form = (properties: Record<string, Schema>, required: string[]): Schema => ({
  required: true,
  content: {
    "application/x-www-form-urlencoded": { schema: { type: "object", required, properties } },
  },
});
/** An error in the words of OAuth (RFC 6749, section 5.2). */
const OAUTH_ERROR: Schema = {
  type: "object",
  required: ["error"],
  properties: {
    error: TEXT,
    error_description: TEXT,
    reason: { type: "string", description: "The reason of the contract, where OAuth has no word for it." },
  },
};
/** A problem document of auth itself, which does not know the request of the gateway. */
const OAUTH_PROBLEM: Schema = {
  type: "object",
  required: ["type", "title", "status", "detail", "reason", "domain", "retryable"],
  properties: {
    type: TEXT,
    title: TEXT,
    status: { type: "integer" },
    detail: TEXT,
    reason: TEXT,
    domain: TEXT,
    metadata: { type: "object", additionalProperties: TEXT },
    retryable: { type: "boolean" },
  },
};
const PROBLEM: Schema = { $ref: "#/components/schemas/Problem" };
const REFUSED_HEADERS = {
  Pragma: header("Pragma"),
  Allow: header("Allow"),
  "Retry-After": header("RetryAfter"),
  "WWW-Authenticate": header("WwwAuthenticate"),
};
const REFUSED = answer(
  "Refused: by auth in the words of OAuth, by the gateway with a problem document.",
  { "application/json": OAUTH_ERROR, "application/problem+json": PROBLEM, "text/plain": TEXT },
  REFUSED_HEADERS,
);
const BROWSER_REFUSED = answer(
  "Refused: a page for people, or a problem document.",
  {
    "text/html": TEXT,
    "application/problem+json": { anyOf: [OAUTH_PROBLEM, PROBLEM] },
    "application/json": OAUTH_ERROR,
    "text/plain": TEXT,
  },
  REFUSED_HEADERS,
);
const others = (refused: Schema) => ({ "400": refused, default: refused });

/** A document that anybody may keep for a while. */
function published(id: string, summary: string, type: string): Schema {
  const tagged = { ETag: header("ETag") };
  return own({
    id,
    summary,
    responses: {
      "200": answer("The document.", { [type]: OPEN }, tagged),
      "304": answer("The client has it as it is.", undefined, tagged),
    },
    others: others(REFUSED),
  });
}

const TO_ELSEWHERE = answer(
  "Where the browser goes next: with an error of OAuth, back to the client.",
  undefined,
  {
    Location: header("Location"),
    "Set-Cookie": header("SetCookie"),
    Pragma: header("Pragma"),
  },
);

const query = (name: string, required: boolean): Schema => ({
  name,
  in: "query",
  ...(required && { required }),
  schema: TEXT,
});

const NUMBER: Schema = { type: "integer" };
const TOKENS: Schema = {
  type: "object",
  required: ["access_token", "token_type", "expires_in", "scope"],
  properties: {
    access_token: TEXT,
    issued_token_type: TEXT,
    token_type: { const: "Bearer" },
    expires_in: NUMBER,
    refresh_token: TEXT,
    scope: TEXT,
  },
};
const STATE: Schema = {
  type: "object",
  required: ["active"],
  properties: {
    active: { type: "boolean", description: "Nothing else is said of a token that is not." },
    scope: TEXT,
    client_id: TEXT,
    token_type: TEXT,
    iss: TEXT,
    aud: { anyOf: [TEXT, { type: "array", items: TEXT }] },
    sub: TEXT,
    sid: TEXT,
    iat: NUMBER,
    exp: NUMBER,
    act: {
      type: "object",
      description: "The services that act for the person, the last one first (RFC 8693).",
    },
  },
};

const METADATA = "Describes the authorization server (RFC 8414)";
const PROVED = { client_id: TEXT, client_secret: TEXT, client_assertion: TEXT, client_assertion_type: TEXT };
const NEVER_KEPT = { Pragma: header("Pragma") };

/** The endpoints of OAuth, which the gateway passes on to auth. */
export const OAUTH_PATHS: Record<string, Schema> = {
  "/.well-known/oauth-authorization-server": {
    get: published("GetAuthorizationServer", METADATA, "application/json"),
  },
  "/.well-known/oauth-authorization-server/{issuer_path}": {
    get: {
      ...published("GetAuthorizationServerOfIssuer", METADATA, "application/json"),
      parameters: [
        {
          name: "issuer_path",
          in: "path",
          required: true,
          description: "The path of the issuer, where its URL has one.",
          schema: TEXT,
          example: "tessera",
        },
      ],
    },
  },
  "/.well-known/jwks.json": {
    get: published(
      "GetJwks",
      "Returns the keys with which access tokens are verified (RFC 7517)",
      "application/jwk-set+json",
    ),
  },
  "/oauth2/authorize": {
    get: own({
      id: "Authorize",
      summary: "Begins a sign-in in a browser (RFC 6749, section 4.1)",
      parameters: [
        query("response_type", true),
        query("client_id", true),
        query("redirect_uri", true),
        query("code_challenge", true),
        query("code_challenge_method", true),
        query("scope", false),
        query("state", false),
      ],
      responses: { "302": TO_ELSEWHERE },
      others: others(BROWSER_REFUSED),
    }),
  },
  "/oauth2/callback": {
    get: own({
      id: "FinishAuthorize",
      summary: "Takes a browser back from the identity provider, and sends it to the client with a code",
      parameters: [query("state", true), query("code", false), query("error", false)],
      responses: { "302": TO_ELSEWHERE },
      others: others(BROWSER_REFUSED),
    }),
  },
  "/oauth2/token": {
    post: own({
      id: "CreateOAuthToken",
      summary: "Returns tokens for a code, a refresh token or a client (RFC 6749, section 3.2)",
      requestBody: form(
        {
          grant_type: TEXT,
          code: TEXT,
          redirect_uri: TEXT,
          code_verifier: TEXT,
          refresh_token: TEXT,
          subject_token: TEXT,
          subject_token_type: TEXT,
          requested_token_type: TEXT,
          audience: TEXT,
          scope: TEXT,
          ...PROVED,
        },
        ["grant_type"],
      ),
      responses: { "200": answer("The tokens.", { "application/json": TOKENS }, NEVER_KEPT) },
      others: others(REFUSED),
    }),
  },
  "/oauth2/revoke": {
    post: own({
      id: "RevokeOAuthToken",
      summary: "Revokes the session of a token (RFC 7009)",
      requestBody: form({ token: TEXT, token_type_hint: TEXT, ...PROVED }, ["token"]),
      responses: { "200": answer("It is revoked, or it was no token.", undefined, NEVER_KEPT) },
      others: others(REFUSED),
    }),
  },
  "/oauth2/introspect": {
    post: own({
      id: "IntrospectOAuthToken",
      summary: "Says what a token is worth, to clients that prove who they are (RFC 7662)",
      requestBody: form({ token: TEXT, token_type_hint: TEXT, ...PROVED }, ["token"]),
      responses: { "200": answer("What it is worth.", { "application/json": STATE }, NEVER_KEPT) },
      others: others(REFUSED),
    }),
  },
};
