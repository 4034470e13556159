import type { OutgoingHttpHeaders } from "node:http";
import { LRUCache } from "lru-cache";

/** The bodies of lists are kept up to this size together, unless the configuration says otherwise. */
export const KEPT_ANSWERS_BYTES = 64 * 1024 * 1024;
/** One of them has at most this part of it. */
const LARGEST_PART = 16;
/** What headers and names take, about. */
const HEADERS_BYTES = 1_024;

/** The answer to a list as it was sent last. It is sent again when the service says that the list is as it was. */
export interface KeptAnswer {
  /** The service's tag of the list. */
  etag: string;
  headers: OutgoingHttpHeaders;
  body: Buffer;
}

/** Answers that were sent last, by resource and form. */
export interface KeptAnswers {
  /** The largest body that is kept, in bytes. */
  readonly largestBytes: number;
  find(key: string): KeptAnswer | undefined;
  keep(key: string, answer: KeptAnswer): void;
}

/** Keeps answers, up to `bytes` together: those that were asked for last. */
export function keptAnswers(bytes: number = KEPT_ANSWERS_BYTES): KeptAnswers {
  const largestBytes = Math.floor(bytes / LARGEST_PART);
  const kept =
    bytes > 0
      ? new LRUCache<string, KeptAnswer>({
          maxSize: bytes,
          maxEntrySize: largestBytes,
          sizeCalculation: ({ body }, key) => body.length + key.length + HEADERS_BYTES,
        })
      : undefined;
  return {
    largestBytes,
    find: (key) => kept?.get(key),
    keep: (key, answer) => void kept?.set(key, answer),
  };
}
