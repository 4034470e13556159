import { createHash } from "node:crypto";
import { AUDIENCE } from "@tessera/identity/access-token.ts";
import { SignJWT } from "jose";
import type { SigningKeys } from "../signing-keys/key-ring.ts";
import { actClaim } from "./act-claim.ts";

/** What an access token says. */
export interface TokenContent {
  sessionId: string;
  userId: bigint;
  /** The version of the holder's tokens: a block or a sign-out everywhere raises it. */
  tokenVersion: number;
  clientId: string;
  scopes: readonly string[];
  /** When it is made; the key that signs is the one of that moment. */
  issueTime: Date;
  /** In whole seconds, as `exp` is. */
  expireTime: Date;
  /** For whom it is; the whole system unless said otherwise. */
  audience?: string;
  /** Of a ticket: the one path that it reads. */
  path?: string;
  /** The client ids of the services that act on the holder's behalf, the last one first. */
  actors?: readonly string[];
}

/**
 * Makes an access token (RFC 9068). Nothing in it comes from elsewhere, not even its id, and both algorithms sign
 * without chance: what says the same is the same token whenever it is made, and none needs to be stored.
 */
export function sessionToken(content: TokenContent, keys: SigningKeys, issuer: string): Promise<string> {
  const { sessionId, userId, tokenVersion, clientId, scopes, issueTime, expireTime, actors = [] } = content;
  const act = actClaim(actors);
  const claims = {
    iss: issuer,
    sub: String(userId),
    aud: content.audience ?? AUDIENCE,
    client_id: clientId,
    scope: scopes.join(" "),
    ver: tokenVersion,
    sid: sessionId,
    iat: Math.floor(issueTime.getTime() / 1000),
    exp: expireTime.getTime() / 1000,
    ...(act && { act }),
    ...(content.path !== undefined && { path: content.path }),
  };
  const kid = keys.kidAt(issueTime);
  const { algorithm, privateKey } = keys.openKey(kid);
  return new SignJWT({ ...claims, jti: idOf(claims, issueTime) })
    .setProtectedHeader({ alg: algorithm, typ: "at+jwt", kid })
    .sign(privateKey);
}

const ID_BYTES = 16;

/** Tokens that say the same at the same moment are one token. */
function idOf(claims: object, issueTime: Date): string {
  const content = `${JSON.stringify(claims)}${issueTime.getTime()}`;
  return createHash("sha256").update(content).digest().subarray(0, ID_BYTES).toString("base64url");
}
