import { type OAuthError, oauthFault } from "../oauth-http/oauth-fault.ts";
import type { Parameters } from "../oauth-http/parameters.ts";
import { clientUnknown, parameterMalformed, redirectUriUnregistered } from "../sessions/sign-in-refusals.ts";
import type { Client } from "./client.ts";
import { isRegistered, REDIRECT_URI_MAX_LENGTH } from "./redirect-uri.ts";

/** What a client asks for. */
export interface AuthorizationRequest {
  clientId: string;
  redirectUri: string;
  clientState: string;
  codeChallenge: string;
  scopes: string[];
}

/** A client that is known, and the address that it may be answered at, with the state that the answer carries. */
export interface Addressee {
  client: Client;
  redirectUri: string;
  /** Undefined where it is not of its form, and is not sent back. */
  clientState: string | undefined;
}

const STATE_MAX_LENGTH = 1_024;
const STATE = /^[ -~]+$/;
/** SHA-256 in base64url. */
const CHALLENGE = /^[A-Za-z0-9_-]{43}$/;

/**
 * Finds out who may be answered where. Refuses, in this order: PARAMETER_MALFORMED, CLIENT_UNKNOWN,
 * REDIRECT_URI_UNREGISTERED. Before this is known, nobody is sent anywhere.
 */
export function addresseeOf(parameters: Parameters, clients: ReadonlyMap<string, Client>): Addressee {
  for (const name of ["client_id", "redirect_uri"]) {
    if (parameters.get(name) === undefined) throw parameterMalformed(name);
  }
  const client = clients.get(parameters.get("client_id") as string);
  if (client === undefined) throw clientUnknown();
  const redirectUri = parameters.get("redirect_uri") as string;
  const known =
    redirectUri.length <= REDIRECT_URI_MAX_LENGTH && isRegistered(client.redirectUris, redirectUri);
  if (!known) throw redirectUriUnregistered();
  const state = parameters.get("state");
  const sound = state !== undefined && state.length <= STATE_MAX_LENGTH && STATE.test(state);
  return { client, redirectUri, clientState: sound ? state : undefined };
}

/** Reads the rest. Throws an OAuthFault, which is sent to the addressee. */
export function authorizationRequest(parameters: Parameters, addressee: Addressee): AuthorizationRequest {
  const { client, redirectUri, clientState } = addressee;
  const [repeated] = parameters.repeated;
  if (repeated !== undefined) throw fault("invalid_request", "a parameter is given twice");
  const responseType = parameters.get("response_type");
  if (responseType === undefined) throw fault("invalid_request", "response_type is missing");
  if (responseType !== "code") throw fault("unsupported_response_type", "response_type must be code");
  const mode = parameters.get("response_mode") ?? "query";
  if (mode !== "query") throw fault("invalid_request", "response_mode must be query");
  for (const name of ["request", "request_uri"]) {
    if (parameters.get(name) !== undefined) throw fault("invalid_request", `${name} is not taken`);
  }
  if (clientState === undefined)
    throw fault("invalid_request", `state must be 1 to ${STATE_MAX_LENGTH} characters of ASCII`);
  if (parameters.get("code_challenge_method") !== "S256")
    throw fault("invalid_request", "code_challenge_method must be S256");
  const codeChallenge = parameters.get("code_challenge") ?? "";
  if (!CHALLENGE.test(codeChallenge))
    throw fault("invalid_request", "code_challenge must be 43 characters of base64url");
  const scopes = scopesOf(parameters.get("scope"), client.scopes);
  return { clientId: client.clientId, redirectUri, clientState, codeChallenge, scopes };
}

/** The default scopes of a token: identity and reading (RFC 6749, 3.3). */
export const DEFAULT_SCOPES: readonly string[] = ["account", "projects:read", "tasks:read"];

/** The scopes that are asked for; of DEFAULT_SCOPES those that are possible where none are. Throws invalid_scope. */
export function scopesOf(asked: string | undefined, possible: readonly string[]): string[] {
  if (asked === undefined) {
    const given = DEFAULT_SCOPES.filter((it) => possible.includes(it));
    if (given.length === 0) throw fault("invalid_scope", "scope is missing, and this client has no default");
    return given;
  }
  const scopes = [...new Set(asked.split(" "))].sort();
  if (!scopes.every((it) => possible.includes(it)))
    throw fault("invalid_scope", "a scope is unknown, or not for this client");
  return scopes;
}

function fault(error: OAuthError, description: string) {
  return oauthFault(error, description);
}
