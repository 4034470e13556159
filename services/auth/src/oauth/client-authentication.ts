import type { HttpAsk } from "../oauth-http/http-ask.ts";
import { oauthFault } from "../oauth-http/oauth-fault.ts";
import type { Parameters } from "../oauth-http/parameters.ts";
import { type Client, isSecretOf } from "./client.ts";

/** The caller of an endpoint for clients, and its proof. */
export type ClientClaim =
  | { by: "none"; clientId: string | undefined }
  | { by: "secret"; clientId: string; secret: string }
  | { by: "assertion"; clientId: string | undefined; assertion: string };

const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const CLIENT_ID = /^[!-~]{1,255}$/;

/** The client that a request names: at most one proof (RFC 6749, 2.3). Throws an OAuthFault for more. */
export function clientClaim(headers: HttpAsk["headers"], form: Parameters): ClientClaim {
  const inBody = form.get("client_secret");
  const assertion = form.get("client_assertion");
  const basic = headers.authorization;
  if ([inBody, assertion, basic].filter((it) => it !== undefined).length > 1)
    throw oauthFault("invalid_request", "a client proves itself in one way");
  const clientId = form.get("client_id");
  if (clientId !== undefined && !CLIENT_ID.test(clientId)) throw unknown();
  if (basic !== undefined) return fromBasic(basic, clientId);
  if (assertion !== undefined) {
    if (form.get("client_assertion_type") !== ASSERTION_TYPE)
      throw oauthFault("invalid_request", "client_assertion_type must be that of JWT");
    return { by: "assertion", clientId, assertion };
  }
  if (inBody === undefined) return { by: "none", clientId };
  if (clientId === undefined) throw unknown();
  return { by: "secret", clientId, secret: inBody };
}

/** The registered client that makes this claim. Throws invalid_client where it is none, or has not proved it. */
export function provedClient(claim: ClientClaim, clients: ReadonlyMap<string, Client>): Client {
  const client = claim.by === "assertion" ? undefined : clients.get(claim.clientId ?? "");
  if (client === undefined) throw unknown();
  const proved = claim.by === "secret" ? isSecretOf(client, claim.secret) : client.secretSha256 === undefined;
  if (!proved) throw unknown();
  return client;
}

/** Why it is none of ours is not said. */
export function unknown() {
  return oauthFault("invalid_client", "the client is unknown, or has not proved that it is this client");
}

function fromBasic(header: string, named: string | undefined): ClientClaim {
  const [scheme, credentials, ...rest] = header.split(" ");
  if (scheme?.toLowerCase() !== "basic" || credentials === undefined || rest.length > 0) throw unknown();
  const text = Buffer.from(credentials, "base64").toString("utf8");
  const colon = text.indexOf(":");
  const [clientId, secret] = [decoded(text.slice(0, Math.max(colon, 0))), decoded(text.slice(colon + 1))];
  if (clientId === undefined || secret === undefined || !CLIENT_ID.test(clientId)) throw unknown();
  if (named !== undefined && named !== clientId) throw unknown();
  return { by: "secret", clientId, secret };
}

/** Both halves are sent as in a form (RFC 6749, 2.3.1). */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return undefined;
  }
}
