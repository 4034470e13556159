import type { Schema } from "./field-rules.ts";

const TAG = "Gateway";

/** The tag of what no RPC answers. */
export const OWN_TAG = {
  name: TAG,
  description: "The gateway's own resources, and the endpoints of OAuth, which it passes on to auth.",
};

const REQUEST_ID = { "Request-Id": { $ref: "#/components/headers/RequestId" } };
const PROBLEM = { $ref: "#/components/responses/Problem" };
const OTHERS = { "4XX": PROBLEM, default: PROBLEM };

interface Own {
  id: string;
  summary: string;
  parameters?: Schema[];
  requestBody?: Schema;
  security?: Schema[];
  responses: Record<string, Schema>;
}

function own({ id, summary, parameters, requestBody, security = [], responses }: Own): Schema {
  return {
    operationId: id,
    tags: [TAG],
    summary,
    description: `${summary}.`,
    security,
    ...(parameters && { parameters }),
    ...(requestBody && { requestBody }),
    responses: { ...responses, ...OTHERS },
  };
}

function told(description: string, content?: Record<string, Schema>, headers: Schema = {}): Schema {
  const bodies = content && Object.entries(content).map(([type, schema]) => [type, { schema }]);
  return {
    description,
    headers: { ...REQUEST_ID, ...headers },
    ...(bodies && { content: Object.fromEntries(bodies) }),
  };
}

const HEALTH: Schema = {
  type: "object",
  required: ["status"],
  properties: { status: { type: "string", enum: ["ok", "draining"] } },
};
const HTML: Schema = { type: "string" };
const TEXT: Schema = { type: "string" };
const OPEN: Schema = { type: "object" };

const PROBLEM_FIELDS: Schema = {
  type: { type: "string" },
  title: { type: "string" },
  status: { type: "integer" },
};
const PROBLEM_PAGE: Schema = {
  type: "object",
  required: ["type", "reason", "domain", "title", "status", "meaning", "retryable"],
  additionalProperties: true,
  properties: {
    ...PROBLEM_FIELDS,
    reason: { type: "string" },
    domain: { type: "string" },
    meaning: { type: "string" },
    retryable: { type: "boolean" },
  },
};
const PROBLEMS: Schema = {
  type: "object",
  required: ["problems"],
  properties: {
    problems: {
      type: "array",
      items: {
        type: "object",
        required: ["type", "title", "status"],
        additionalProperties: true,
        properties: PROBLEM_FIELDS,
      },
    },
  },
};

const form = (properties: Record<string, Schema>, required: string[]): Schema => ({
  required: true,
  content: {
    "application/x-www-form-urlencoded": { schema: { type: "object", required, properties } },
  },
});
const REFUSED = told("Refused, as OAuth says it.", {
  "application/json": {
    type: "object",
    required: ["error"],
    properties: { error: TEXT, error_description: TEXT },
  },
});
const query = (name: string, required: boolean): Schema => ({
  name,
  in: "query",
  ...(required && { required }),
  schema: TEXT,
});

const HEALTH_PATHS: Record<string, Schema> = {
  "/health/live": {
    get: own({
      id: "GetLiveness",
      summary: "Says whether the gateway lives",
      responses: { "200": told("It does.", { "application/json": HEALTH }) },
    }),
  },
  "/health/ready": {
    get: own({
      id: "GetReadiness",
      summary: "Says whether the gateway takes requests",
      responses: {
        "200": told("It does.", { "application/json": HEALTH }),
        "503": told("It is about to stop.", { "application/json": HEALTH }),
      },
    }),
  },
};

/** Members of these documents may be added. */
const LINKS: Schema = {
  type: "object",
  required: ["title", "links"],
  additionalProperties: true,
  properties: {
    title: TEXT,
    links: {
      type: "array",
      items: {
        type: "object",
        required: ["rel", "href"],
        additionalProperties: true,
        properties: { rel: TEXT, href: TEXT, type: TEXT, title: TEXT },
      },
    },
  },
};

const TAGGED = { ETag: { $ref: "#/components/headers/ETag" }, Link: { $ref: "#/components/headers/Link" } };
const UNCHANGED = told(
  "Nothing has changed since the answer with the tag in If-None-Match.",
  undefined,
  TAGGED,
);

const EXPLAINING_PATHS: Record<string, Schema> = {
  "/": {
    get: own({
      id: "GetLandingPage",
      summary: "Says what this is, and where to go",
      responses: { "200": told("Links.", { "application/json": LINKS }, TAGGED), "304": UNCHANGED },
    }),
  },
  "/.well-known/api-catalog": {
    get: own({
      id: "GetApiCatalog",
      summary: "Lists what describes this API (RFC 9727)",
      responses: { "200": told("Links.", { "application/linkset+json": OPEN }, TAGGED), "304": UNCHANGED },
    }),
  },
  "/openapi.json": {
    get: own({
      id: "GetOpenApi",
      summary: "Returns this document",
      responses: {
        "200": told(
          "OpenAPI 3.1, or 3.0 for who accepts that.",
          {
            "application/vnd.oai.openapi+json;version=3.1": OPEN,
            "application/vnd.oai.openapi+json;version=3.0": OPEN,
            "application/json": OPEN,
          },
          TAGGED,
        ),
        "304": UNCHANGED,
      },
    }),
  },
  "/problems": {
    get: own({
      id: "ListProblems",
      summary: "Lists the reasons for which requests are refused",
      responses: { "200": told("All reasons.", { "application/json": PROBLEMS, "text/html": HTML }) },
    }),
  },
  "/problems/{reason}": {
    get: own({
      id: "GetProblem",
      summary: "Explains a reason for which requests are refused",
      parameters: [
        {
          name: "reason",
          in: "path",
          required: true,
          description: "The reason in kebab-case, as in the `type` of a problem.",
          schema: TEXT,
          example: "task-locked",
        },
      ],
      responses: { "200": told("What it means.", { "application/json": PROBLEM_PAGE, "text/html": HTML }) },
    }),
  },
};

const OAUTH_PATHS: Record<string, Schema> = {
  "/.well-known/oauth-authorization-server": {
    get: own({
      id: "GetAuthorizationServer",
      summary: "Describes the authorization server (RFC 8414)",
      responses: { "200": told("Its metadata.", { "application/json": OPEN }) },
    }),
  },
  "/.well-known/jwks.json": {
    get: own({
      id: "GetJwks",
      summary: "Returns the keys with which access tokens are verified (RFC 7517)",
      responses: { "200": told("The keys.", { "application/json": OPEN }) },
    }),
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
      responses: {
        "302": told("To the identity provider.", undefined, {
          Location: { $ref: "#/components/headers/Location" },
        }),
        "400": told("Refused, in a page for people.", { "text/html": HTML }),
      },
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
          client_id: TEXT,
          scope: TEXT,
        },
        ["grant_type"],
      ),
      responses: { "200": told("The tokens.", { "application/json": OPEN }), "400": REFUSED, "401": REFUSED },
    }),
  },
  "/oauth2/revoke": {
    post: own({
      id: "RevokeOAuthToken",
      summary: "Revokes the session of a token (RFC 7009)",
      requestBody: form({ token: TEXT, token_type_hint: TEXT, client_id: TEXT }, ["token"]),
      responses: { "200": told("It is revoked, or it was no token."), "400": REFUSED, "401": REFUSED },
    }),
  },
  "/oauth2/introspect": {
    post: own({
      id: "IntrospectOAuthToken",
      summary: "Says what a token is worth, to clients that prove who they are (RFC 7662)",
      requestBody: form({ token: TEXT, token_type_hint: TEXT, client_id: TEXT }, ["token"]),
      responses: {
        "200": told("What it is worth.", { "application/json": OPEN }),
        "400": REFUSED,
        "401": REFUSED,
      },
    }),
  },
};

/** The paths of what no RPC answers, as far as a program would call it. */
export const OWN_PATHS: Record<string, Schema> = { ...HEALTH_PATHS, ...EXPLAINING_PATHS, ...OAUTH_PATHS };
