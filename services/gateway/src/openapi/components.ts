import { PERSON_SCOPES } from "@tessera/contracts/scopes.ts";
import type { Schema } from "./field-rules.ts";
import { PROBLEM_RESPONSE } from "./problem-responses.ts";

const header = (description: string, schema: Schema = { type: "string" }): Schema => ({
  description,
  schema,
});

/** The headers of answers. */
const HEADERS: Record<string, Schema> = {
  RequestId: header("The gateway's id of the request, for its operators.", {
    type: "string",
    format: "uuid",
  }),
  ETag: header("The tag of the document in this media type. It begins with its revision, where it has one.", {
    type: "string",
    pattern: "^\\x22[^\\x22]+\\x22$",
  }),
  CacheControl: header(
    "How long a copy may be used. A copy of a document is asked for again each time; problems and answers of commands are not kept.",
  ),
  Vary: header("The headers of the request on which the answer depends."),
  Link: header(
    "Links (RFC 8288): of a list to its next page (`next`), absent on the last one, and to its `first`; of a document to where " +
      "editors open it (`linkset`); of a deprecated operation to what replaces it (`successor-version`).",
  ),
  ContentLanguage: header("The languages of the texts in the answer."),
  ContentDisposition: header(
    "Says that the answer is a file, and what it is called. Absent unless the parameter `f` asked for a file.",
  ),
  AcceptRanges: header("`bytes`: a part can be asked for with the header Range."),
  ContentRange: header("Which bytes these are, and how many there are in all: `bytes 0-99/1234`."),
  RetryAfter: header("When to send the request again, in seconds.", { type: "string", pattern: "^[0-9]+$" }),
  Location: header("The path of what was made, or of the operation that continues."),
  IdempotencyKey: header("The key of the command: the one that was sent, or one that the gateway made."),
  IdempotentReplayed: header("`true` if an earlier request with this key has done the command.", {
    type: "string",
    enum: ["true"],
  }),
  PreferenceApplied: header("The preferences that were followed (RFC 7240)."),
  RateLimit: header(
    "What is left of each limit that the request counts for, `r`, and for how many seconds, `t`. Absent where limits are off.",
  ),
  RateLimitPolicy: header(
    "The limits that the request counts for: how many requests, `q`, in how many seconds, `w`. Absent where limits are off.",
  ),
  ContentEncoding: header("The content coding of the body, as the request accepts it. Absent for none.", {
    type: "string",
    enum: ["zstd", "br", "gzip"],
  }),
  Pragma: header("`no-cache`, for caches that do not know Cache-Control (RFC 6749, section 5.1)."),
  SetCookie: header("The cookie that ties a sign-in to the browser in which it began."),
  Allow: header("The methods that the path takes."),
  AcceptPatch: header("The media types that PATCH takes here (RFC 5789)."),
  WwwAuthenticate: header("Which token is needed (RFC 6750)."),
};

/** What all documents have besides their schemas. */
export const COMPONENTS = {
  headers: HEADERS,
  responses: { Problem: PROBLEM_RESPONSE },
};

/** What the words of scopes permit. */
const ACTS: Record<string, string> = { read: "Read", write: "Change" };

function scopeText(scope: string): string {
  const [noun = "", act] = scope.split(":");
  return act === undefined ? `All that concerns: ${noun}` : `${ACTS[act] ?? act} ${noun}`;
}

/** How a caller shows who it is. */
export const SECURITY_SCHEMES: Record<string, Schema> = {
  bearer: {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
    description:
      "An access token: from a sign-in, or from `POST /v1/key-tokens`, which takes a personal access token (`tsra_…`) and " +
      "returns an access token for it.",
  },
  oauth2: {
    type: "oauth2",
    description:
      "Signing in (authorization code with PKCE), for programs that are registered with the deployment.",
    flows: {
      authorizationCode: {
        authorizationUrl: "/oauth2/authorize",
        tokenUrl: "/oauth2/token",
        refreshUrl: "/oauth2/token",
        scopes: Object.fromEntries([...PERSON_SCOPES, "services"].map((scope) => [scope, scopeText(scope)])),
      },
    },
  },
};
