import { randomBytes, timingSafeEqual } from "node:crypto";
import type { Sealed } from "./sealed.ts";

const MASK_BYTES = 32;
const TOKEN = /^[A-Za-z0-9_-]{86}$/;

/**
 * The token that a form carries: only pages of this browser know one. It looks different each time, so that its letters
 * cannot be guessed one by one from the size of compressed pages.
 */
export function formToken(sealed: Sealed, browser: string, sessionId: string): string {
  const mask = randomBytes(MASK_BYTES);
  return Buffer.concat([mask, xor(mask, codeOf(sealed, browser, sessionId))]).toString("base64url");
}

/** Whether a form's token was made for this browser and this session. */
export function isFormToken(sealed: Sealed, browser: string, sessionId: string, token: string): boolean {
  if (!TOKEN.test(token)) return false;
  const bytes = Buffer.from(token, "base64url");
  const code = xor(bytes.subarray(0, MASK_BYTES), bytes.subarray(MASK_BYTES));
  return timingSafeEqual(code, codeOf(sealed, browser, sessionId));
}

function codeOf(sealed: Sealed, browser: string, sessionId: string): Buffer {
  return sealed.sign(`${browser}.${sessionId}`);
}

function xor(left: Uint8Array, right: Uint8Array): Buffer {
  return Buffer.from(left.map((byte, at) => byte ^ (right[at] as number)));
}
