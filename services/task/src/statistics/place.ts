import { pageTokenInvalid } from "@tessera/rpc/page-token.ts";

const GREATEST = 2n ** 63n - 1n;

/** The numbers of a page token's key, "17.42". A token is no secret, and can be made up. Refuses PAGE_TOKEN_INVALID. */
export function placeIn(text: string, count: number): bigint[] {
  if (!/^[0-9]{1,19}(\.[0-9]{1,19})*$/.test(text)) throw pageTokenInvalid();
  const numbers = text.split(".").map(BigInt);
  if (numbers.length !== count || numbers.some((it) => it > GREATEST)) throw pageTokenInvalid();
  return numbers;
}
