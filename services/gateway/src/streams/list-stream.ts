import type { OutgoingHttpHeaders } from "node:http";
import type { Message } from "@bufbuild/protobuf";
import type { Outlet } from "../compression/coded-stream.ts";
import { DOCUMENT_HEADERS } from "../documents/answer.ts";
import { type Inclusion, withMembers } from "../documents/included.ts";
import { type Listing, listSaid, unreadReply } from "../documents/listing.ts";
import { contentType, type Offer } from "../documents/negotiate.ts";
import { type Exchange, send } from "../exchange.ts";
import { entityTag } from "../requests/entity-tag.ts";
import { drained } from "./drained.ts";
import type { Frames } from "./stream-frames.ts";

interface Streamed {
  messages: AsyncIterable<Message>;
  listing: Listing;
  frames: Frames;
  /** Sends the headers. */
  openWith(headers: OutgoingHttpHeaders): Outlet;
  /** What else the list includes, if anything: it has no tag then. */
  inclusion: Inclusion | undefined;
}

/**
 * Answers a list that comes as a stream, whose first message says its tag: by 304, by what is kept here, or by what comes. What
 * comes is sent message by message, each with as many rows as the service puts into one, and kept if it is not too large.
 */
export async function answerList(
  exchange: Exchange,
  { route, form }: Offer,
  { messages, listing, frames, inclusion, openWith }: Streamed,
  signal: AbortSignal,
): Promise<void> {
  const { method } = exchange;
  const coming = messages[Symbol.asyncIterator]();
  const first = await coming.next();
  const said =
    first.done || inclusion !== undefined ? { etag: "", isUnchanged: false } : listSaid(route, first.value);
  const tagged = said.etag === "" ? {} : { ETag: entityTag(said.etag, form) };
  const headers = { ...DOCUMENT_HEADERS, ...tagged };
  const unread = unreadReply(listing, form, said, headers);
  if (unread !== undefined) {
    send(exchange, unread);
    // The call ends by itself after its only message; the rest of any other is not wanted.
    await (said.isUnchanged ? coming.next() : coming.return?.());
    return;
  }
  const shown = { ...headers, "Content-Type": contentType(form) };
  const written = collect(listing.largestBytes);
  const framed = (text: string) => {
    const bytes = Buffer.from(text);
    written.add(bytes);
    return bytes;
  };
  const outlet = openWith(shown);
  let opening = frames.opening;
  for (let next = first; !next.done && method !== "HEAD"; next = await coming.next()) {
    inclusion?.add(route, next.value);
    const text = opening + frames.frame(next.value);
    opening = "";
    if (!outlet.write(framed(text))) await drained(outlet.target, signal);
  }
  if (method === "HEAD") {
    await coming.return?.();
    outlet.end("");
    return;
  }
  const closing =
    inclusion === undefined ? frames.closing : withMembers(frames.closing, await inclusion.text());
  outlet.end(framed(opening + closing));
  const body = written.all();
  if (body !== undefined && said.etag !== "") listing.keep({ etag: said.etag, headers: shown, body });
}

/** Collects what is written, until it is too large to be kept. */
function collect(largestBytes: number) {
  let parts: Buffer[] | undefined = [];
  let length = 0;
  return {
    add(bytes: Buffer): void {
      length += bytes.length;
      if (length > largestBytes) parts = undefined;
      parts?.push(bytes);
    },
    all: () => parts && Buffer.concat(parts, length),
  };
}
