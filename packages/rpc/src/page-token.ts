import { createHash } from "node:crypto";
import { create, type DescMessage, type MessageShape, toBinary } from "@bufbuild/protobuf";
import { FieldRole } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { Reason, ReasonSchema } from "@tessera/contracts/tessera/rpc/v1/reason_pb.ts";
import { refusals } from "./refusal.ts";
import { fieldWithRole } from "./request-id.ts";

const CHECK_BYTES = 8;

const refuse = refusals(ReasonSchema);

/** What does not change which rows a list has: how much of each is shown, and what the caller has already. */
const SHOWING = [FieldRole.FIELDS, FieldRole.LANGUAGES, FieldRole.KNOWN_ETAG];

/** A request for a page of a list. */
type Paged = { pageSize: number; pageToken: string };

/**
 * A page token holds the last key of its page, and a check that binds it to the list and its filters. It is no
 * secret: each page is filtered anew for its caller.
 */
export function pageToken<I extends DescMessage>(
  desc: I,
  request: MessageShape<I> & Paged,
  last: string,
): string {
  return Buffer.concat([checkOf(desc, request, last), Buffer.from(last)]).toString("base64url");
}

/** The last key of the page before; undefined for the first page. Refuses PAGE_TOKEN_INVALID. */
export function readPageToken<I extends DescMessage>(
  desc: I,
  request: MessageShape<I> & Paged,
): string | undefined {
  if (request.pageToken === "") return undefined;
  const last = Buffer.from(request.pageToken, "base64url").subarray(CHECK_BYTES).toString();
  if (pageToken(desc, request, last) !== request.pageToken) throw pageTokenInvalid();
  return last;
}

/** The page token belongs to another list, or to none. */
export function pageTokenInvalid() {
  return refuse(Reason.PAGE_TOKEN_INVALID);
}

function checkOf<I extends DescMessage>(desc: I, request: MessageShape<I> & Paged, last: string): Buffer {
  const empty = create(desc) as Record<string, unknown>;
  const fields = SHOWING.flatMap((it) => fieldWithRole(desc, it) ?? []);
  const unset = Object.fromEntries(fields.map(({ localName }) => [localName, empty[localName]]));
  const filters = toBinary(desc, { ...request, ...unset, pageSize: 0, pageToken: "" });
  return createHash("sha256")
    .update(desc.typeName)
    .update(filters)
    .update(last)
    .digest()
    .subarray(0, CHECK_BYTES);
}
