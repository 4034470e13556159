import { pageTokenInvalid } from "./refusals.ts";

/** Reads a number that a page token ends with. Refuses PAGE_TOKEN_INVALID: page tokens are no secret, and can be made up. */
export function numberIn(text: string): bigint {
  if (!/^[0-9]{1,18}$/.test(text)) throw pageTokenInvalid();
  return BigInt(text);
}
