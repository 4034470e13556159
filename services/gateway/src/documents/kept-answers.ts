import type { OutgoingHttpHeaders } from "node:http";
import { LRUCache } from "lru-cache";
import type { Coding } from "../compression/coding.ts";

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
  /** The body in the content codings in which it was sent. */
  coded?: ReadonlyMap<Coding, Buffer>;
}

/** Answers that were sent last, by resource and form. */
export interface KeptAnswers {
  /** The largest body that is kept, in bytes. */
  readonly largestBytes: number;
  find(key: string): KeptAnswer | undefined;
  keep(key: string, answer: KeptAnswer): void;
  /** Keeps the body of an answer in a content coding too, if the answer is still kept. */
  keepCoded(key: string, etag: string, coding: Coding, body: Buffer): void;
}

/** Keeps answers, up to `bytes` together: those that were asked for last. */
export function keptAnswers(bytes: number = KEPT_ANSWERS_BYTES): KeptAnswers {
  const largestBytes = Math.floor(bytes / LARGEST_PART);
  const kept =
    bytes > 0
      ? new LRUCache<string, KeptAnswer>({
          maxSize: bytes,
          maxEntrySize: largestBytes,
          sizeCalculation: (answer, key) => bytesOf(answer) + key.length + HEADERS_BYTES,
        })
      : undefined;
  return {
    largestBytes,
    find: (key) => kept?.get(key),
    keep: (key, answer) => void kept?.set(key, answer),
    keepCoded: (key, etag, coding, body) => {
      const answer = kept?.peek(key);
      if (answer?.etag !== etag) return;
      kept?.set(key, { ...answer, coded: new Map(answer.coded).set(coding, body) });
    },
  };
}

function bytesOf({ body, coded }: KeptAnswer): number {
  return [...(coded?.values() ?? [])].reduce((sum, it) => sum + it.length, body.length);
}
