import { createHash, createHmac, type KeyObject, randomBytes, timingSafeEqual } from "node:crypto";
import { crc32 } from "node:zlib";
import { PERSONAL_TOKEN_PREFIX } from "@tessera/rpc/authenticate.ts";
import { isMarked, mark } from "../mark.ts";
import type { StoredSession } from "../sessions/session.ts";
import { personalAccessTokenLimitReached } from "./refusals.ts";

/** A personal access token as it is stored. */
export interface StoredPersonalAccessToken {
  tokenId: string;
  userId: bigint;
  name: string;
  tokenHash: Uint8Array;
  scopes: string[];
  sessionId: string;
  createTime: Date;
  expireTime: Date;
  lastUseTime: Date | null;
  revokeTime: Date | null;
  revision: bigint;
}

/** A person has at most this many valid tokens. */
const TOKENS_MAX = 100;
/** The client of access tokens that are made from personal ones. */
export const PERSONAL_CLIENT = "tessera-personal-access-token";

/** Refuses PERSONAL_ACCESS_TOKEN_LIMIT_REACHED for a person who has this many valid tokens. */
export function refuseBeyondLimit(tokens: number): void {
  if (tokens >= TOKENS_MAX) throw personalAccessTokenLimitReached(TOKENS_MAX);
}

/** The session of a new token. It is never refreshed and ends with the token. */
export function newTokenSession(
  session: Pick<
    StoredSession,
    "sessionId" | "userId" | "tokenVersion" | "scopes" | "createTime" | "expireTime"
  >,
): StoredSession {
  const { createTime, expireTime } = session;
  return {
    ...session,
    clientId: PERSONAL_CLIENT,
    issueTime: createTime,
    refreshExpireTime: null,
    lastExpireTime: expireTime,
    generation: 0,
    refreshSalt: null,
    revokeTime: null,
    revision: 1n,
  };
}

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const ID_LENGTH = 11;
const ID_BYTES = 8;
const SECRET_LENGTH = 43;
/** 192 bits that only this deployment can make of the id and the session, and a mark of 64 bits. */
const SECRET_BYTES = 24;
const MARK_BYTES = 8;
const MARK = "personal access token";
const CHECKSUM_LENGTH = 6;
const TOKEN = /^tsra_([0-9A-Za-z]{11})([0-9A-Za-z]{43})([0-9A-Za-z]{6})$/;

/** The id of a new token: 64 bits of chance. */
export function newTokenId(): string {
  return base62(randomBytes(ID_BYTES), ID_LENGTH);
}

/**
 * The token of an id: prefix, id, 256 bits that only this deployment can make, and a checksum by which a scanner of
 * secrets knows it without asking. A part of the 256 bits is a mark, which detects a forgery without a query. The
 * same id has the same token, so that a repeated request can be answered again.
 */
export function deriveToken(
  key: KeyObject,
  { tokenId, sessionId }: { tokenId: string; sessionId: string },
): string {
  const secret = createHmac("sha256", key)
    .update("personal access token")
    .update(tokenId)
    .update(sessionId)
    .digest()
    .subarray(0, SECRET_BYTES);
  const marked = Buffer.concat([secret, mark(key, MARK, contentOf(tokenId, secret), MARK_BYTES)]);
  const body = tokenId + base62(marked, SECRET_LENGTH);
  return PERSONAL_TOKEN_PREFIX + body + checksum(body);
}

/** The id of what has the form of a token and its checksum right; undefined for all else. Nothing is looked up for it. */
export function tokenIdIn(text: string): string | undefined {
  const [, tokenId, , sum] = TOKEN.exec(text) ?? [];
  return tokenId !== undefined && checksum(text.slice(PERSONAL_TOKEN_PREFIX.length, -CHECKSUM_LENGTH)) === sum
    ? tokenId
    : undefined;
}

/** The id of a token that this deployment made, by its mark; undefined for all else. Nothing is looked up for it. */
export function ownTokenIdIn(key: KeyObject, text: string): string | undefined {
  const tokenId = tokenIdIn(text);
  if (tokenId === undefined) return undefined;
  const bytes = fromBase62(TOKEN.exec(text)?.[2] ?? "", SECRET_BYTES + MARK_BYTES);
  if (bytes === undefined) return undefined;
  const [secret, marked] = [bytes.subarray(0, SECRET_BYTES), bytes.subarray(SECRET_BYTES)];
  return isMarked(key, MARK, contentOf(tokenId, secret), marked) ? tokenId : undefined;
}

function contentOf(tokenId: string, secret: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(tokenId), secret]);
}

/** What is stored of a token: SHA-256, which is enough for 256 bits of chance. */
export function hashOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

/** Whether a token is the stored one, and valid at `now`. */
export function isValid(stored: StoredPersonalAccessToken, token: string, now: Date): boolean {
  const isIt = timingSafeEqual(hashOf(token), stored.tokenHash);
  return isIt && stored.revokeTime === null && stored.expireTime > now;
}

/** CRC-32 in base 62, as other forges put it into their tokens. */
function checksum(body: string): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(body));
  return base62(bytes, CHECKSUM_LENGTH);
}

/** Undefined for a number that takes more bytes. */
function fromBase62(text: string, length: number): Buffer | undefined {
  const value = [...text].reduce((sum, digit) => sum * 62n + BigInt(DIGITS.indexOf(digit)), 0n);
  const hex = value.toString(16).padStart(2 * length, "0");
  return hex.length === 2 * length ? Buffer.from(hex, "hex") : undefined;
}

function base62(bytes: Uint8Array, length: number): string {
  let rest = BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
  let text = "";
  while (text.length < length) {
    text = DIGITS[Number(rest % 62n)] + text;
    rest /= 62n;
  }
  return text;
}
