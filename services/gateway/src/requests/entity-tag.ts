import { Reason } from "@tessera/contracts/tessera/gateway/v1/reason_pb.ts";
import { refuseHttp } from "../http-refusal.ts";

/** The entity tag of a revision, or of a list's tag. Each media type has its own, because the bytes differ. */
export function entityTag(of: bigint | string, form: string): string {
  return form === "json" ? `"${of}"` : `"${of}-${form}"`;
}

/** What proxies that compress add to a tag that they pass on: within it, as Apache does, or by making it weak. */
const CODED = /-(?:gzip|br|deflate|zstd)"$|;(?:gzip|br|deflate|zstd)"$/;
const EXPECTED = /^"(0|[1-9][0-9]{0,18})(?:-[a-z]+)?"$/;
const REVISION_MAX = 2n ** 63n - 1n;

/** An entity tag as this gateway gave it, before a proxy on the way compressed what it stands for. */
function asGiven(tag: string): string {
  return tag.trim().replace(/^W\//, "").replace(CODED, '"');
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
