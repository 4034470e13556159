import { type Duration, durationFromMs, durationMs } from "@bufbuild/protobuf/wkt";
import type { Access } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { accessOf } from "./access.ts";
import type { Ruled } from "./store.ts";
import type { KnownViewer } from "./viewers.ts";

/** The time since which an answer of at most this age must be true. */
export function notBefore(maxAge: Duration | undefined): { notBeforeMs?: number } {
  return maxAge === undefined ? {} : { notBeforeMs: Date.now() - durationMs(maxAge) };
}

/** What somebody may do in a project, with the age of what is known of the person. */
export function answered({ project, licenceAccepted }: Ruled, known: KnownViewer | undefined): Access {
  const access = accessOf(project, known?.viewer, licenceAccepted);
  if (known !== undefined) access.age = durationFromMs(Math.max(0, Date.now() - known.asOfMs));
  return access;
}
