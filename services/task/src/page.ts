import { pageToken, readPageToken } from "./page-token.ts";

const PAGE_SIZE = 100;
/** Two numbers in one key: what a task has is numbered below this. */
const PER_TASK = 2n ** 31n;

/**
 * One page of a list. `list` names it, with its filters. What `read` answers is ordered by the key, and begins after the
 * one that it is given, 0n for the first page. Refuses PAGE_TOKEN_INVALID.
 */
export async function pageOf<T>(
  list: string,
  { pageSize, pageToken: token }: { pageSize: number; pageToken: string },
  {
    read,
    keyOf,
  }: { read: (after: bigint, limit: number) => Promise<T[]>; keyOf: (item: T) => bigint | number },
): Promise<{ items: T[]; nextPageToken: string }> {
  const size = pageSize || PAGE_SIZE;
  const found = await read(readPageToken(list, token), size + 1);
  const items = found.slice(0, size);
  const last = items.at(-1);
  const isLast = found.length <= size || last === undefined;
  return { items, nextPageToken: isLast ? "" : pageToken(list, keyOf(last)) };
}

/** The key of what is numbered within its task. */
export function withinKey(taskId: number, number: number): bigint {
  return BigInt(taskId) * PER_TASK + BigInt(number);
}

/** What a key of that form says. */
export function withinOf(key: bigint): { taskId: number; number: number } {
  return { taskId: Number(key / PER_TASK), number: Number(key % PER_TASK) };
}
