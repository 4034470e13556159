import { pageTokenInvalid } from "./refusals.ts";

/**
 * A page token names the list and its filter beside the last key of the page, so that a token of another list is told
 * from one of this.
 */
export function pageToken(list: string, last: number | bigint): string {
  return Buffer.from(`${list}:${last}`).toString("base64url");
}

/** The last key of the page before; 0n for the first page. Refuses PAGE_TOKEN_INVALID. */
export function readPageToken(list: string, token: string): bigint {
  if (token === "") return 0n;
  const text = Buffer.from(token, "base64url").toString();
  const last = text.startsWith(`${list}:`) ? text.slice(list.length + 1) : "";
  if (!/^[0-9]{1,18}$/.test(last) || pageToken(list, BigInt(last)) !== token) throw pageTokenInvalid();
  return BigInt(last);
}
