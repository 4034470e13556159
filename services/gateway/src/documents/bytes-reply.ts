import type { Message } from "@bufbuild/protobuf";
import type { Exchange, Reply } from "../exchange.ts";
import { entityTag, listsTag } from "../requests/entity-tag.ts";
import type { Answer } from "../routes/route.ts";
import { DOCUMENT_VARY, digestOf } from "./answer.ts";
import { type Listing, listSaid, unreadReply } from "./listing.ts";
import type { Offer } from "./negotiate.ts";
import { bytesIn } from "./wire-json.ts";

/**
 * Answers with bytes that the service made, as they stand. The tag is the one that the service gave them, or else of the
 * bytes. What nobody signed in for is the same for everybody: any cache may keep it, and asks again each time.
 */
export function bytesReply(
  { request }: Pick<Exchange, "request">,
  { route, form }: Offer,
  { field, mediaType }: Answer,
  response: Message,
  listing: Listing | undefined,
): Reply {
  const isPublic = request.headers.authorization === undefined;
  const caching = {
    "Cache-Control": isPublic ? "public, no-cache" : "private, no-cache",
    Vary: DOCUMENT_VARY,
  };
  const said = listSaid(route, response);
  const tagged = { ...caching, ETag: entityTag(said.etag, form) };
  const unread = listing && unreadReply(listing, form, said.etag, tagged);
  if (unread !== undefined) return { ...unread, headers: { ...unread.headers, ...caching } };
  if (said.isUnchanged) throw new Error("a list is said to be as nobody knows it");
  const body = bytesIn(response, field);
  const etag = said.etag === "" ? entityTag(digestOf(body), form) : tagged.ETag;
  const headers = { ...caching, ETag: etag, "Content-Type": mediaType };
  if (listing !== undefined && listsTag(listing.ifNoneMatch, etag)) return { status: 304, headers };
  if (said.etag === "") return { status: 200, headers, body };
  listing?.keep({ etag: said.etag, headers, body });
  return { status: 200, headers, body, ...(listing && { coded: listing.codedBodies(said.etag) }) };
}
