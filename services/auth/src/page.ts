import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import { pageToken, pageTokenInvalid } from "@tessera/rpc/page-token.ts";
import { numberIn } from "./page-key.ts";

const DEFAULT_PAGE_SIZE = 20;
const INT32_MAX = 2_147_483_647n;

/** How many a page has at most. */
export function pageSizeOf({ pageSize }: { pageSize: number }): number {
  return pageSize || DEFAULT_PAGE_SIZE;
}

/** The page of a list of which one row more was read: that row shows whether another page follows. */
export function pageOf<I extends DescMessage, T>(
  desc: I,
  request: MessageShape<I> & { pageSize: number; pageToken: string },
  found: readonly T[],
  keyOf: (item: T) => bigint | number,
): { page: T[]; nextPageToken: string } {
  const page = found.slice(0, pageSizeOf(request));
  const last = found.length > page.length ? page.at(-1) : undefined;
  return { page, nextPageToken: last === undefined ? "" : pageToken(desc, request, String(keyOf(last))) };
}

/** Reads the number of an organisation or a team that a page token ends with. Refuses PAGE_TOKEN_INVALID. */
export function int32In(text: string): number {
  const number = numberIn(text);
  if (number > INT32_MAX) throw pageTokenInvalid();
  return Number(number);
}
