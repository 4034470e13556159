import { createHash } from "node:crypto";
import { type DescMessage, type MessageShape, toBinary } from "@bufbuild/protobuf";
import { LRUCache } from "lru-cache";

/** Lists are kept in binary up to this size together, unless the configuration says otherwise. */
export const KEPT_LISTS_BYTES = 64 * 1024 * 1024;
/** One list has at most this part of it. */
const LARGEST_PART = 16;
/** The part of a digest that is shown. */
const TAG_LENGTH = 32;

/** A list as it was written last. */
interface Kept {
  etag: string;
  messages: readonly Buffer[];
}

/** Lists as they were written last: while nothing has changed, they are neither read nor written again. */
export interface KeptLists {
  /** The largest list that is kept, in bytes. */
  readonly largestBytes: number;
  /** The messages of a list, if those of this tag are kept. */
  find(key: string, etag: string): readonly Buffer[] | undefined;
  keep(key: string, etag: string, messages: readonly Buffer[]): void;
  /** Finds a list of one message, or reads it, once for all who ask for it at the same time. */
  findOrRead(key: string, etag: string, read: () => Promise<Buffer>): Promise<Buffer>;
}

/** Keeps lists, up to `bytes` together: those that were asked for last. */
export function keptLists(bytes: number): KeptLists {
  const largestBytes = Math.floor(bytes / LARGEST_PART);
  const kept =
    bytes > 0
      ? new LRUCache<string, Kept>({
          maxSize: bytes,
          maxEntrySize: largestBytes,
          sizeCalculation: ({ messages }, key) => messages.reduce((sum, it) => sum + it.length, key.length),
        })
      : undefined;
  const reading = new Map<string, Promise<Buffer>>();
  const lists: KeptLists = {
    largestBytes,
    find: (key, etag) => {
      const found = kept?.get(key);
      return found?.etag === etag ? found.messages : undefined;
    },
    keep: (key, etag, messages) => void kept?.set(key, { etag, messages }),
    findOrRead: (key, etag, read) => {
      const [found] = lists.find(key, etag) ?? [];
      if (found !== undefined) return Promise.resolve(found);
      const begun = reading.get(etag);
      if (begun !== undefined) return begun;
      const message = read().finally(() => reading.delete(etag));
      reading.set(etag, message);
      return message.then((bytes) => {
        lists.keep(key, etag, [bytes]);
        return bytes;
      });
    },
  };
  return lists;
}

/** What names a list: its request, but for the tag that the caller knows. */
export function keyOfList<I extends DescMessage>(
  desc: I,
  request: MessageShape<I> & { knownEtag: string },
): string {
  const bytes = toBinary(desc, { ...request, knownEtag: "" });
  return createHash("sha256").update(desc.typeName).update(bytes).digest("base64url");
}

/** The tag of a list at a version of what it shows. */
export function etagOf(key: string, version: string): string {
  return createHash("sha256").update(`${key} ${version}`).digest("hex").slice(0, TAG_LENGTH);
}
