import { createHmac, type KeyObject, randomBytes, timingSafeEqual } from "node:crypto";

const PREFIX = "tsrr_";
const SESSION_BYTES = 16;
const GENERATION_BYTES = 4;
const SECRET_BYTES = 32;
const TOKEN_BYTES = SESSION_BYTES + GENERATION_BYTES + SECRET_BYTES;
const SALT_BYTES = 32;
const TOKEN = /^tsrr_[A-Za-z0-9_-]{70}$/;

/** A refresh token, read. It is genuine only if `isGenuine` says so. */
export interface ReadRefreshToken {
  sessionId: string;
  generation: number;
  secret: Buffer;
}

/** What the tokens of a new session are derived from, together with a key that is not in the database. */
export function newSalt(): Buffer {
  return randomBytes(SALT_BYTES);
}

/**
 * The refresh token of one generation of a session: which session and generation, and 256 bits that only this deployment
 * can make (HMAC-SHA-256 under a server key, of the session, the generation and the session's salt). The same generation
 * has the same token whenever it is made, and nothing that is stored is enough to make it.
 */
export function deriveRefreshToken(
  key: KeyObject,
  session: { sessionId: string; generation: number; refreshSalt: Uint8Array },
): string {
  const named = nameOf(session);
  return PREFIX + Buffer.concat([named, secretOf(key, named, session.refreshSalt)]).toString("base64url");
}

/** Undefined for what has not the form of a refresh token. */
export function readRefreshToken(text: string): ReadRefreshToken | undefined {
  if (!TOKEN.test(text)) return undefined;
  const bytes = Buffer.from(text.slice(PREFIX.length), "base64url");
  if (bytes.length !== TOKEN_BYTES) return undefined;
  const hex = bytes.toString("hex", 0, SESSION_BYTES);
  return {
    sessionId: hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5"),
    generation: bytes.readUInt32BE(SESSION_BYTES),
    secret: bytes.subarray(SESSION_BYTES + GENERATION_BYTES),
  };
}

/** Whether this deployment made the token. */
export function isGenuine(key: KeyObject, token: ReadRefreshToken, refreshSalt: Uint8Array): boolean {
  return timingSafeEqual(token.secret, secretOf(key, nameOf(token), refreshSalt));
}

function nameOf({ sessionId, generation }: { sessionId: string; generation: number }): Buffer {
  const named = Buffer.alloc(SESSION_BYTES + GENERATION_BYTES);
  named.write(sessionId.replaceAll("-", ""), "hex");
  named.writeUInt32BE(generation, SESSION_BYTES);
  return named;
}

function secretOf(key: KeyObject, named: Buffer, salt: Uint8Array): Buffer {
  return createHmac("sha256", key).update("refresh").update(named).update(salt).digest();
}
