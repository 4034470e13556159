import { PERSON_SCOPES } from "@tessera/contracts/scopes.ts";
import { ALGORITHM, AUDIENCE } from "@tessera/rpc/access-token.ts";
import { SignJWT } from "jose";
import type { SigningKeys } from "./signing-key.ts";

/** A session as it is stored. */
export interface StoredSession {
  sessionId: string;
  userId: bigint;
  /** The version of the person's tokens: a block or a sign-out everywhere raises it. */
  tokenVersion: number;
  /** The claim `jti` of its token. */
  tokenId: string;
  /** The key that signs its token. */
  kid: string;
  createTime: Date;
  /** In whole seconds, as `exp` is. */
  expireTime: Date;
}

/** Who asked for the token: the development sign-in is its own client. */
const CLIENT_ID = "tessera-development";

/**
 * Makes the access token of a session (RFC 9068). Nothing in it comes from outside the session and its key, and Ed25519
 * signs without chance: the same session has the same token whenever it is made.
 */
export function sessionToken(session: StoredSession, keys: SigningKeys, issuer: string): Promise<string> {
  const { sessionId, userId, tokenVersion, tokenId, kid, createTime, expireTime } = session;
  const claims = {
    iss: issuer,
    sub: String(userId),
    aud: AUDIENCE,
    client_id: CLIENT_ID,
    scope: PERSON_SCOPES.join(" "),
    ver: tokenVersion,
    sid: sessionId,
    jti: tokenId,
    iat: Math.floor(createTime.getTime() / 1000),
    exp: expireTime.getTime() / 1000,
  };
  return new SignJWT(claims)
    .setProtectedHeader({ alg: ALGORITHM, typ: "at+jwt", kid })
    .sign(keys.privateKey(kid));
}
