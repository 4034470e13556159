import type { OutgoingHttpHeaders } from "node:http";
import type { Message } from "@bufbuild/protobuf";
import type { Outlet } from "../compression/coded-stream.ts";
import { DOCUMENT_HEADERS } from "../documents/answer.ts";
import { type Inclusion, withMembers } from "../documents/included.ts";
import { type Listing, listSaid, unreadReply } from "../documents/listing.ts";
import { contentType, type Form, type Offer } from "../documents/negotiate.ts";
import { type Exchange, send } from "../exchange.ts";
import { ACCEPTS_RANGES, rangedReply, wantsPart } from "../files/ranges.ts";
import { entityTag } from "../requests/entity-tag.ts";
import type { Route } from "../routes/route.ts";
import { drained } from "./drained.ts";
import { sendFile } from "./send-file.ts";
import type { Frames } from "./stream-frames.ts";

interface Streamed {
  messages: AsyncIterable<Message>;
  /** Asks the service again, for a caller that knows the list with a tag; "" for one that does not. */
  readAgain(known: string): Promise<AsyncIterable<Message>>;
  listing: Listing;
  /** Makes the frames of one body. */
  newFrames(): Frames;
  /** Sends the headers. */
  openWith(headers: OutgoingHttpHeaders): Outlet;
  /** What else the list includes, if anything: it has no tag then. */
  inclusion: Inclusion | undefined;
}

/**
 * Sends a list that comes as a stream, whose first message says its tag: 304, what is kept here, or what comes. What
 * comes is sent message by message, each with as many rows as the service puts into one, and kept if it is not too large.
 *
 * The length of a list, and so the place of a part in it, is known once it was read to its end, and its bytes belong to one tag. A
 * list that is too large for memory is therefore written to a temporary file when a request wants a part of it; the parts that follow
 * are read from there. A list that a request wants as a whole is sent as it comes, without a length, and costs no disk.
 */
export async function answerList(
  exchange: Exchange,
  offer: Offer,
  streamed: Streamed,
  signal: AbortSignal,
): Promise<void> {
  const { request } = exchange;
  const { route, form } = offer;
  const { listing, openWith, newFrames, readAgain, inclusion } = streamed;
  let coming = await begin(route, streamed.messages, inclusion);
  const { etag, isUnchanged } = coming.said;
  const headers = headersOfList(listing, form, etag);
  const unread = unreadReply(listing, form, etag, headers);
  if (unread !== undefined) {
    send(exchange, rangedReply(request, unread));
    return coming.leave();
  }
  const spooled = listing.spooled();
  if (etag !== "" && spooled?.etag === etag) {
    await coming.leave();
    return sendFile(exchange, spooled, { headers, openWith, isWhole: false }, signal);
  }
  // What was known here was dropped meanwhile.
  if (isUnchanged) coming = await begin(route, await readAgain(""));
  else if (headers.ETag !== undefined && wantsPart(request, headers.ETag)) {
    const file = await listing.spool(etag, bytesOf(coming, newFrames()));
    await coming.leave();
    if (file !== undefined) {
      // Rows that changed meanwhile are in the file under a tag that the list no longer has: it has no part that is still right.
      const now = await begin(route, await readAgain(etag));
      await now.leave();
      return sendFile(exchange, file, { headers, openWith, isWhole: now.said.etag !== etag }, signal);
    }
    coming = await begin(route, await readAgain(""));
  }
  await sendAll(exchange, coming, { ...streamed, form }, signal);
}

function headersOfList(listing: Listing, form: Form, etag: string) {
  return {
    ...DOCUMENT_HEADERS,
    ...(etag !== "" && { ETag: entityTag(etag, form), ...ACCEPTS_RANGES }),
    "Content-Type": contentType(form),
    ...listing.fileHeaders,
  };
}

/** A list that begins to come, and what its first message says. */
interface Coming {
  said: ReturnType<typeof listSaid>;
  next(): Promise<IteratorResult<Message>>;
  /** Ends the call. The rest is not wanted. */
  leave(): Promise<void>;
}

async function begin(route: Route, messages: AsyncIterable<Message>, inclusion?: Inclusion): Promise<Coming> {
  const iterator = messages[Symbol.asyncIterator]();
  let first: IteratorResult<Message> | undefined = await iterator.next();
  const said =
    first.done || inclusion !== undefined ? { etag: "", isUnchanged: false } : listSaid(route, first.value);
  return {
    said,
    next: async () => {
      const next = first ?? (await iterator.next());
      first = undefined;
      if (!next.done) inclusion?.add(route, next.value);
      return next;
    },
    // A call ends by itself after the message that says that nothing changed.
    leave: async () => void (said.isUnchanged ? await iterator.next() : await iterator.return?.()),
  };
}

/** The body of a list, as it comes. */
async function* bytesOf(coming: Coming, frames: Frames, inclusion?: Inclusion): AsyncGenerator<Buffer> {
  let opening = frames.opening;
  for (let next = await coming.next(); !next.done; next = await coming.next()) {
    yield Buffer.from(opening + frames.frame(next.value));
    opening = "";
  }
  const { closing } = frames;
  yield Buffer.from(opening + (inclusion ? withMembers(closing, await inclusion.text()) : closing));
}

async function sendAll(
  exchange: Exchange,
  coming: Coming,
  { listing, newFrames, openWith, inclusion, form }: Streamed & { form: Form },
  signal: AbortSignal,
): Promise<void> {
  const { etag } = coming.said;
  const headers = headersOfList(listing, form, etag);
  const outlet = openWith(headers);
  if (exchange.method === "HEAD") {
    await coming.leave();
    outlet.end("");
    return;
  }
  const written = collect(listing.largestBytes);
  for await (const bytes of bytesOf(coming, newFrames(), inclusion)) {
    written.add(bytes);
    if (!outlet.write(bytes)) await drained(outlet.target, signal);
  }
  outlet.end("");
  const body = written.all();
  if (body !== undefined && etag !== "") listing.keep({ etag, headers, body });
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
