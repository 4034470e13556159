import type { Schema } from "./field-rules.ts";
import { OAUTH_PATHS } from "./oauth-paths.ts";
import { answer, header, OPEN, own, TEXT } from "./own-operation.ts";

const HEALTH: Schema = {
  type: "object",
  required: ["status"],
  properties: { status: { type: "string", enum: ["ok", "draining"] } },
};

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

const HEALTH_PATHS: Record<string, Schema> = {
  "/health/live": {
    get: own({
      id: "GetLiveness",
      summary: "Says whether the gateway lives",
      responses: { "200": answer("It does.", { "application/json": HEALTH }) },
    }),
  },
  "/health/ready": {
    get: own({
      id: "GetReadiness",
      summary: "Says whether the gateway takes requests",
      responses: {
        "200": answer("It does.", { "application/json": HEALTH }),
        "503": answer("It is about to stop.", { "application/json": HEALTH }),
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

const TAGGED = { ETag: header("ETag"), Link: header("Link") };
const UNCHANGED = answer(
  "Nothing has changed since the answer with the tag in If-None-Match.",
  undefined,
  TAGGED,
);

const EXPLAINING_PATHS: Record<string, Schema> = {
  "/": {
    get: own({
      id: "GetLandingPage",
      summary: "Says what this is, and where to go",
      responses: { "200": answer("Links.", { "application/json": LINKS }, TAGGED), "304": UNCHANGED },
    }),
  },
  "/.well-known/api-catalog": {
    get: own({
      id: "GetApiCatalog",
      summary: "Lists what describes this API (RFC 9727)",
      responses: { "200": answer("Links.", { "application/linkset+json": OPEN }, TAGGED), "304": UNCHANGED },
    }),
  },
  "/openapi.json": {
    get: own({
      id: "GetOpenApi",
      summary: "Returns this document",
      responses: {
        "200": answer(
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
  "/docs": {
    get: own({
      id: "GetDocs",
      summary: "Shows this document in a browser, and sends requests from it",
      responses: { "200": answer("A page for people.", { "text/html": TEXT }, TAGGED), "304": UNCHANGED },
    }),
  },
  "/ogc": {
    get: own({
      id: "GetOgcLandingPage",
      summary:
        "Links to the projects and tasks as OGC API – Features, which has a document of its own at /ogc/api",
      responses: { "200": answer("Links.", { "application/json": LINKS }, TAGGED), "304": UNCHANGED },
    }),
  },
  "/problems": {
    get: own({
      id: "ListProblems",
      summary: "Lists the reasons for which requests are refused",
      responses: { "200": answer("All reasons.", { "application/json": PROBLEMS, "text/html": TEXT }) },
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
      responses: { "200": answer("What it means.", { "application/json": PROBLEM_PAGE, "text/html": TEXT }) },
    }),
  },
};

/** The paths of what no RPC answers, as far as a program would call it. */
export const OWN_PATHS: Record<string, Schema> = { ...HEALTH_PATHS, ...EXPLAINING_PATHS, ...OAUTH_PATHS };
