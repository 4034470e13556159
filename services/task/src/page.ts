import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import { pageToken, pageTokenInvalid, readPageToken } from "@tessera/rpc/page-token.ts";

/** The page size of a request that names none. */
export const PAGE_SIZE = 100;
/** Two numbers in one key: what a task has is numbered below this. */
const PER_TASK = 2n ** 31n;

/** The greatest keys that lists can have. A token that names a greater one was made up. */
export const GREATEST = {
  int32: 2n ** 31n - 1n,
  int64: 2n ** 63n - 1n,
  within: (PER_TASK - 1n) * PER_TASK + PER_TASK - 1n,
  /** The last day of the year 9999, from 1970-01-01. */
  day: 2_932_896n,
} as const;

/** How a list is read. */
interface Read<T> {
  /** Reads in the order of the keys, from after `after`: 0n for the first page. */
  read: (after: bigint, limit: number) => Promise<T[]>;
  keyOf: (item: T) => bigint | number;
  /** The greatest key that the list can have; that of an int32 without it. */
  greatest?: bigint;
}

/** Where a page begins, and how many there are on it. Refuses PAGE_TOKEN_INVALID. */
export function readPage<I extends DescMessage>(
  desc: I,
  request: MessageShape<I> & { pageSize: number; pageToken: string },
  greatest: bigint = GREATEST.int32,
): { after: bigint; limit: number } {
  return { after: keyIn(readPageToken(desc, request), greatest), limit: request.pageSize || PAGE_SIZE };
}

/** The token of the page after the one that ends with a key. */
export function nextPageOf<I extends DescMessage>(
  desc: I,
  request: MessageShape<I> & { pageSize: number; pageToken: string },
  last: bigint | number,
): string {
  return pageToken(desc, request, String(last));
}

/** One page of a list. Its tokens belong to the request with its filters. Refuses PAGE_TOKEN_INVALID. */
export async function pageOf<I extends DescMessage, T>(
  desc: I,
  request: MessageShape<I> & { pageSize: number; pageToken: string },
  { read, keyOf, greatest = GREATEST.int32 }: Read<T>,
): Promise<{ items: T[]; nextPageToken: string }> {
  const { after, limit } = readPage(desc, request, greatest);
  const found = await read(after, limit + 1);
  const items = found.slice(0, limit);
  const last = items.at(-1);
  const isLast = found.length <= limit || last === undefined;
  return { items, nextPageToken: isLast ? "" : nextPageOf(desc, request, keyOf(last)) };
}

/** The key that a token ends with. A token is no secret, and can be made up. */
function keyIn(text: string | undefined, greatest: bigint): bigint {
  if (text === undefined) return 0n;
  const key = /^[0-9]{1,19}$/.test(text) ? BigInt(text) : -1n;
  if (key < 0n || key > greatest) throw pageTokenInvalid();
  return key;
}

/** The key of what is numbered within its task. */
export function withinKey(taskId: number, number: number): bigint {
  return BigInt(taskId) * PER_TASK + BigInt(number);
}

/** What a key of that form says. */
export function withinOf(key: bigint): { taskId: number; number: number } {
  return { taskId: Number(key / PER_TASK), number: Number(key % PER_TASK) };
}
