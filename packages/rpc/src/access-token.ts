import { hash } from "node:crypto";
import { Reason, ReasonSchema } from "@tessera/contracts/tessera/rpc/v1/reason_pb.ts";
import { errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from "jose";
import type { Caller } from "./caller.ts";
import { refusals } from "./refusal.ts";

/** Answers who a token belongs to, or throws the refusal of a token that is not good. */
export type VerifyToken = (token: string) => Promise<Caller> | Caller;

/** What all tokens of this system say in `aud`. */
export const AUDIENCE = "tessera";
/** The signature algorithm of access tokens: Ed25519. */
export const ALGORITHM = "EdDSA";
/** A verified token is believed without looking again for so long, and no longer than it lives. */
const BELIEVED_MS = 60_000;
/** So many verified tokens are remembered; the oldest leaves first. */
const REMEMBERED_MAX = 10_000;
/** A longer token is not looked at. */
const TOKEN_MAX_LENGTH = 4_096;
/** How far the clocks of two machines may differ, in seconds. */
const SKEW_SECONDS = 5;

const refuse = refusals(ReasonSchema);

/**
 * Verifies access tokens (RFC 9068) with keys kept in this process.
 *
 * A verification costs 100 µs; one that is remembered by the token's hash costs 1 µs.
 */
export function verifyAccessToken({ issuer, keys }: { issuer: string; keys: JWTVerifyGetKey }): VerifyToken {
  const remembered = new Map<string, { caller: Caller; untilMs: number }>();
  return (token) => {
    if (token.length > TOKEN_MAX_LENGTH) throw refuse(Reason.TOKEN_INVALID);
    const key = hash("sha256", token, "base64");
    const known = remembered.get(key);
    if (known !== undefined && known.untilMs > Date.now()) return known.caller;
    return verify(token, issuer, keys).then((caller) => {
      remembered.delete(key);
      if (remembered.size >= REMEMBERED_MAX) remembered.delete(remembered.keys().next().value as string);
      remembered.set(key, { caller, untilMs: Math.min(Date.now() + BELIEVED_MS, caller.expireTimeMs ?? 0) });
      return caller;
    });
  };
}

async function verify(token: string, issuer: string, keys: JWTVerifyGetKey): Promise<Caller> {
  try {
    const { payload, protectedHeader } = await jwtVerify(token, keys, {
      algorithms: [ALGORITHM],
      audience: AUDIENCE,
      issuer,
      typ: "at+jwt",
      clockTolerance: SKEW_SECONDS,
      requiredClaims: ["exp", "iat", "sub", "jti", "sid", "client_id"],
    });
    // jose takes a key without `kid` where one key matches, an `aud` that lists others too, and an `iat` to come.
    const sound =
      typeof protectedHeader.kid === "string" &&
      payload.aud === AUDIENCE &&
      (payload.iat ?? Number.POSITIVE_INFINITY) <= Date.now() / 1000 + SKEW_SECONDS;
    if (!sound) throw refuse(Reason.TOKEN_INVALID);
    return callerIn(payload);
  } catch (error) {
    throw translated(error);
  }
}

function callerIn({ sub, sid, exp }: JWTPayload): Caller {
  if (sub === undefined || !/^[1-9][0-9]{0,18}$/.test(sub) || typeof sid !== "string" || exp === undefined) {
    throw refuse(Reason.TOKEN_INVALID);
  }
  return { userId: BigInt(sub), sessionId: sid, expireTimeMs: exp * 1000 };
}

function translated(error: unknown): unknown {
  if (error instanceof errors.JWTExpired) {
    const expireTime = new Date((error.payload.exp ?? 0) * 1000).toISOString();
    return refuse(Reason.TOKEN_EXPIRED, { metadata: { expire_time: expireTime } });
  }
  if (error instanceof errors.JOSEError || error instanceof TypeError) return refuse(Reason.TOKEN_INVALID);
  return error;
}
