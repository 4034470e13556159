import { createHash, createHmac, type KeyObject, randomBytes, timingSafeEqual } from "node:crypto";
import { crc32 } from "node:zlib";

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

/** A person has so many that are good at most. */
export const TOKENS_MAX = 100;
/** The client of access tokens that are made from personal ones. */
export const PERSONAL_CLIENT = "tessera-personal-access-token";

const PREFIX = "tsra_";
const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const ID_LENGTH = 11;
const ID_BYTES = 8;
const SECRET_LENGTH = 43;
const CHECKSUM_LENGTH = 6;
const TOKEN = /^tsra_([0-9A-Za-z]{11})[0-9A-Za-z]{43}([0-9A-Za-z]{6})$/;

/** The id of a new token: 64 bits of chance. */
export function newTokenId(): string {
  return base62(randomBytes(ID_BYTES), ID_LENGTH);
}

/**
 * The token of an id: prefix, id, 256 bits that only this deployment can make, and a checksum by which a scanner of secrets
 * knows it without asking. The same id has the same token, so that a repeated request can be answered again.
 */
export function deriveToken(
  key: KeyObject,
  { tokenId, sessionId }: { tokenId: string; sessionId: string },
): string {
  const secret = createHmac("sha256", key)
    .update("personal access token")
    .update(tokenId)
    .update(sessionId)
    .digest();
  const body = tokenId + base62(secret, SECRET_LENGTH);
  return PREFIX + body + checksum(body);
}

/** The id of what has the form of a token and its checksum right; undefined for all else. Nothing is looked up for it. */
export function tokenIdIn(text: string): string | undefined {
  const [, tokenId, sum] = TOKEN.exec(text) ?? [];
  return tokenId !== undefined && checksum(text.slice(PREFIX.length, -CHECKSUM_LENGTH)) === sum
    ? tokenId
    : undefined;
}

/** What is stored of a token: SHA-256, which is enough for 256 bits of chance. */
export function hashOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

/** Whether a token is the stored one, and good at `now`. */
export function isGood(stored: StoredPersonalAccessToken, token: string, now: Date): boolean {
  const isIt = timingSafeEqual(hashOf(token), stored.tokenHash);
  return isIt && stored.revokeTime === null && stored.expireTime > now;
}

/** CRC-32 in base 62, as other forges put it into their tokens. */
function checksum(body: string): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(body));
  return base62(bytes, CHECKSUM_LENGTH);
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
