import { Reason } from "@tessera/contracts/tessera/gateway/v1/reason_pb.ts";
import { refuseHttp } from "../http-refusal.ts";

/**
 * The entity tag of a revision, or of a list's tag. Each media type has its own, because the bytes differ. A document that changes
 * without its revision has a digest after it.
 */
export function entityTag(of: bigint | string, form: string, digest = ""): string {
  const tag = digest === "" ? of : `${of}.${digest}`;
  return form === "json" ? `"${tag}"` : `"${tag}-${form}"`;
}

/** The tag of what another tag stands for, in a content coding: the bytes differ. */
export function codedTag(tag: string, coding: string): string {
  return `${tag.slice(0, -1)}-${coding}"`;
}

/**
 * The tag of a 304 answer: that of the copy in the coding which the client would be sent, where it has that copy, or else the tag
 * of the copy without a coding.
 */
export function heldTag(ifNoneMatch: string | undefined, tag: string, coding: string | undefined): string {
  if (coding === undefined || ifNoneMatch === undefined) return tag;
  const coded = codedTag(tag, coding);
  return ifNoneMatch.split(",").some((it) => it.trim().replace(WEAK, "") === coded) ? coded : tag;
}

const WEAK = /^W\//;
/**
 * What is added to a tag for a content coding: by this gateway and by Apache ("7-gzip"), by Jetty ("7--gzip"), by older servers
 * ("7;gzip"). Other proxies make the tag weak.
 */
const CODED = /(?:(?:--?|;)(?:gzip|br|deflate|zstd))+"$/;
const EXPECTED = /^"(0|[1-9][0-9]{0,18})(?:\.[0-9A-Za-z._]{1,100})?(?:-[a-z]+)?"$/;
const REVISION_MAX = 2n ** 63n - 1n;

/** The entity tag of the same thing without a content coding, whichever side of a proxy compressed it. */
function asGiven(tag: string): string {
  return tag.trim().replace(WEAK, "").replace(CODED, '"');
}

/**
 * The revision that If-Match names, in whichever media type it was seen, and whatever a compressing proxy made of it: the
 * revision is the same. Refuses all that is not one tag.
 */
export function revisionIn(ifMatch: string): bigint {
  const revision = EXPECTED.exec(asGiven(ifMatch))?.[1];
  if (revision === undefined || BigInt(revision) > REVISION_MAX) {
    throw refuseHttp(Reason.REQUEST_MALFORMED, {
      faults: [
        {
          in: "header",
          name: "If-Match",
          detail: 'must be one entity tag as ETag gave it, such as "7": no list, not *',
          rule: "header.if_match",
        },
      ],
    });
  }
  return BigInt(revision);
}

/** Whether If-None-Match lists a tag, so that its holder needs no copy. The comparison is weak, as RFC 9110 says. */
export function listsTag(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === "*") return true;
  return ifNoneMatch.split(",").some((it) => asGiven(it) === tag);
}

/** A tag that a service may have given. */
const KNOWN = /^[!#-~]{1,100}$/;

/** The first tag in If-None-Match that `entityTag` may have made for a form, as the service gave it; empty if there is none. */
export function knownTag(ifNoneMatch: string | undefined, form: string): string {
  const end = entityTag("", form).slice(1);
  for (const given of ifNoneMatch?.split(",") ?? []) {
    const tag = asGiven(given);
    const known = tag.startsWith('"') && tag.endsWith(end) ? tag.slice(1, -end.length) : "";
    if (KNOWN.test(known)) return known;
  }
  return "";
}
