import { createHash } from "node:crypto";
import { create } from "@bufbuild/protobuf";
import { type AccessKind, AccessKindSchema } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import type { RuledProject } from "./access.ts";
import type { Viewer } from "./viewer.ts";

/**
 * For whom else the answer of accessOf is the same; nobody where it depends on who the viewer is: only a private project
 * has allowed users, only a project with a licence asks who accepted it, and an author manages the own project.
 */
export function accessKindOf(
  { private: isPrivate, licenceId, authorUserId }: RuledProject,
  viewer: Viewer | undefined,
): AccessKind {
  if (viewer === undefined || isPrivate || licenceId !== undefined || viewer.userId === authorUserId)
    return create(AccessKindSchema);
  return create(AccessKindSchema, {
    digest: digestOf(viewer),
    ...(authorUserId !== undefined && { exceptUserId: authorUserId }),
  });
}

const digests = new WeakMap<Viewer, string>();

/** A digest of all that is known of a viewer, but for the id and the versions. */
function digestOf(viewer: Viewer): string {
  let digest = digests.get(viewer);
  if (digest === undefined) {
    const { userId: _id, userRevision: _revision, membershipVersion: _version, ...rest } = viewer;
    digest = createHash("sha256").update(JSON.stringify(rest, sorted)).digest("base64url");
    digests.set(viewer, digest);
  }
  return digest;
}

/** Sets and maps in an order of their own. */
function sorted(_key: string, value: unknown): unknown {
  return value instanceof Set || value instanceof Map
    ? [...value].map((it) => JSON.stringify(it)).sort()
    : value;
}
