import { Reason } from "@tessera/contracts/tessera/gateway/v1/reason_pb.ts";
import { refuseHttp } from "./http-refusal.ts";
import type { Form } from "./negotiate.ts";

/** The entity tag of a revision. Each media type has its own, because the bytes differ. */
export function entityTag(revision: bigint, form: Form): string {
  return form === "json" ? `"${revision}"` : `"${revision}-${form}"`;
}

const EXPECTED = /^"(0|[1-9][0-9]{0,18})(?:-[a-z]+)?"$/;
const REVISION_MAX = 2n ** 63n - 1n;

/** The revision that If-Match names, in whichever media type it was seen. Refuses all that is not one strong tag. */
export function revisionIn(ifMatch: string): bigint {
  const revision = EXPECTED.exec(ifMatch.trim())?.[1];
  if (revision === undefined || BigInt(revision) > REVISION_MAX) {
    throw refuseHttp(Reason.REQUEST_MALFORMED, {
      faults: [
        {
          in: "header",
          name: "If-Match",
          detail: 'must be one entity tag as ETag gave it, such as "7": not weak, no list, not *',
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
  return ifNoneMatch.split(",").some((it) => it.trim().replace(/^W\//, "") === tag);
}
