import { hash } from "node:crypto";
import { Reason, ReasonSchema } from "@tessera/contracts/tessera/rpc/v1/reason_pb.ts";
import type { Caller, VerifyToken } from "@tessera/rpc/caller.ts";
import { refusals } from "@tessera/rpc/refusal.ts";
import { errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from "jose";
import { LRUCache } from "lru-cache";
import { z } from "zod";
import { TOKEN_ALGORITHMS } from "./token-algorithm.ts";

/** What tokens for the whole system say in `aud`. One that is for one service alone says "tessera:project". */
export const AUDIENCE = "tessera";
/** How long a verified token is trusted without another check, and never beyond its expiry. */
const BELIEVED_MS = 60_000;
/** At most this many verified tokens are cached; the least recently used is dropped first. */
const REMEMBERED_MAX = 10_000;
/** A longer token is not looked at. */
const TOKEN_MAX_LENGTH = 4_096;
/** How far the clocks of two machines may differ, in seconds. */
const SKEW_SECONDS = 5;

const refuse = refusals(ReasonSchema);

/** How tokens are verified. */
export interface VerifyOptions {
  issuer: string;
  /** Finds the key of a token; each key is valid only for its own algorithm. */
  keys: JWTVerifyGetKey;
  /** The service's own name, "task": it takes tokens for the whole system and those for itself alone. */
  service: string;
  /** Refuses a valid token that was revoked; called for every call. Without it no token counts as revoked. */
  refuseRevoked?: (caller: Caller) => void;
}

/**
 * Verifies access tokens (RFC 9068) with keys kept in this process.
 *
 * A verification costs 100 µs; one that is remembered by the token's hash costs 1 µs.
 */
export function verifyAccessToken(options: VerifyOptions): VerifyToken {
  const { refuseRevoked = () => {} } = options;
  const remembered = new LRUCache<string, { caller: Caller; untilMs: number }>({ max: REMEMBERED_MAX });
  return (token) => {
    if (token.length > TOKEN_MAX_LENGTH) throw refuse(Reason.TOKEN_INVALID);
    const key = hash("sha256", token, "base64");
    const known = remembered.get(key);
    if (known !== undefined && known.untilMs > Date.now()) {
      refuseRevoked(known.caller);
      return known.caller;
    }
    return verify(token, options).then((caller) => {
      remembered.set(key, { caller, untilMs: Math.min(Date.now() + BELIEVED_MS, caller.expireTimeMs ?? 0) });
      refuseRevoked(caller);
      return caller;
    });
  };
}

async function verify(token: string, { issuer, keys, service }: VerifyOptions): Promise<Caller> {
  const audiences = [AUDIENCE, `${AUDIENCE}:${service}`];
  try {
    const { payload, protectedHeader } = await jwtVerify(token, keys, {
      algorithms: [...TOKEN_ALGORITHMS],
      audience: audiences,
      issuer,
      typ: "at+jwt",
      clockTolerance: SKEW_SECONDS,
      requiredClaims: ["exp", "iat", "sub", "jti", "sid", "client_id"],
    });
    // jose takes a key without `kid` where one key matches, an `aud` that lists others too, and an `iat` to come.
    const sound =
      typeof protectedHeader.kid === "string" &&
      typeof payload.aud === "string" &&
      audiences.includes(payload.aud) &&
      (payload.iat ?? Number.POSITIVE_INFINITY) <= Date.now() / 1000 + SKEW_SECONDS;
    if (!sound) throw refuse(Reason.TOKEN_INVALID);
    return callerIn(payload, protectedHeader.kid as string);
  } catch (error) {
    throw translated(error);
  }
}

/** What our tokens say. A claim that another kind of token would have in another shape makes it none of ours. */
const claims = z.object({
  sub: z.string().regex(/^[1-9][0-9]{0,18}$/),
  sid: z.string().min(1),
  exp: z.number(),
  client_id: z.string().min(1),
  scope: z.string(),
  ver: z.int().min(0),
  act: z.object({ sub: z.string().min(1) }).optional(),
  path: z.string().min(1).optional(),
});

function callerIn(payload: JWTPayload, keyId: string): Caller {
  const { success, data } = claims.safeParse(payload);
  if (!success) throw refuse(Reason.TOKEN_INVALID);
  return {
    userId: BigInt(data.sub),
    sessionId: data.sid,
    expireTimeMs: data.exp * 1000,
    scopes: new Set(data.scope.split(" ")),
    clientId: data.client_id,
    actor: data.act?.sub ?? "",
    tokenVersion: data.ver,
    keyId,
    path: data.path ?? "",
  };
}

function translated(error: unknown): unknown {
  if (error instanceof errors.JWTExpired) {
    const expireTime = new Date((error.payload.exp ?? 0) * 1000).toISOString();
    return refuse(Reason.TOKEN_EXPIRED, { metadata: { expire_time: expireTime } });
  }
  if (error instanceof errors.JOSEError || error instanceof TypeError) return refuse(Reason.TOKEN_INVALID);
  return error;
}
