import { createHmac, type KeyObject, randomBytes, timingSafeEqual } from "node:crypto";
import { isMarked, mark } from "../mark.ts";

const PREFIX = "tsrr_";
const SESSION_BYTES = 16;
const GENERATION_BYTES = 4;
const SECRET_BYTES = 32;
const CONTENT_BYTES = SESSION_BYTES + GENERATION_BYTES + SECRET_BYTES;
const MARK_BYTES = 16;
const MARK = "refresh token";
const SALT_BYTES = 32;
const TOKEN = /^tsrr_[A-Za-z0-9_-]{91}$/;

/** A refresh token that this deployment made. The session's salt says so a second time: see `isGenuine`. */
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
 * The refresh token of one generation of a session: which session and generation, and 256 bits that only this
 * deployment can make (HMAC-SHA-256 under a server key, of the session, the generation and the session's salt). The
 * same generation has the same token whenever it is made, and nothing that is stored is enough to make it. A mark
 * detects forged ones.
 */
export function deriveRefreshToken(
  key: KeyObject,
  session: { sessionId: string; generation: number; refreshSalt: Uint8Array },
): string {
  const named = nameOf(session);
  const content = Buffer.concat([named, secretOf(key, named, session.refreshSalt)]);
  return PREFIX + Buffer.concat([content, mark(key, MARK, content, MARK_BYTES)]).toString("base64url");
}

/** Undefined for what this deployment did not make, by its mark: nothing is looked up. */
export function readRefreshToken(key: KeyObject, text: string): ReadRefreshToken | undefined {
  if (!TOKEN.test(text)) return undefined;
  const bytes = Buffer.from(text.slice(PREFIX.length), "base64url");
  const [content, marked] = [bytes.subarray(0, CONTENT_BYTES), bytes.subarray(CONTENT_BYTES)];
  if (!isMarked(key, MARK, content, marked)) return undefined;
  const hex = bytes.toString("hex", 0, SESSION_BYTES);
  return {
    sessionId: hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5"),
    generation: bytes.readUInt32BE(SESSION_BYTES),
    secret: content.subarray(SESSION_BYTES + GENERATION_BYTES),
  };
}

/** Whether the token is one of the session with this salt. */
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
