import type { Access } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { accessOf } from "./access.ts";
import type { Ruled } from "./store.ts";
import type { KnownViewer } from "./viewers.ts";

/** Since when an answer must be true that may be so old: the moment of asking is now. */
export function notBefore(mostAgeMs: number | undefined): { notBeforeMs?: number } {
  return mostAgeMs === undefined ? {} : { notBeforeMs: Date.now() - mostAgeMs };
}

/** What somebody may do in a project, with the age of what is known of the person. */
export function answered({ project, licenceAccepted }: Ruled, known: KnownViewer | undefined): Access {
  const access = accessOf(project, known?.viewer, licenceAccepted);
  access.ageMilliseconds = known === undefined ? 0 : Math.max(0, Date.now() - known.asOfMs);
  return access;
}
