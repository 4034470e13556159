import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import type { HandlerContext } from "@connectrpc/connect";
import { callerOf } from "@tessera/rpc/caller.ts";
import { pageToken, readPageToken } from "@tessera/rpc/page-token.ts";
import type { Deps } from "../deps.ts";
import { PAGE_SIZE } from "../page.ts";
import type { Place, Placed } from "./own-work-store.ts";
import { placeIn } from "./place.ts";

/** The parts of a Place. */
const PARTS = 4;

/** How the caller's work is read. */
type Read<T> = (userId: bigint, page: { after?: Place | undefined; limit: number }) => Promise<Placed<T>[]>;

/**
 * One page of the caller's own work in all projects, less that in projects which the caller may not see: a page may have fewer
 * rows than asked for, and be followed by others. Refuses PAGE_TOKEN_INVALID.
 */
export async function ownPage<I extends DescMessage, T extends { projectId: number }>(
  desc: I,
  request: MessageShape<I> & { pageSize: number; pageToken: string },
  context: HandlerContext,
  { projects, read }: Pick<Deps, "projects"> & { read: Read<T> },
): Promise<{ items: T[]; nextPageToken: string }> {
  const token = readPageToken(desc, request);
  const after = token === undefined ? undefined : (placeIn(token, PARTS) as unknown as Place);
  const limit = request.pageSize || PAGE_SIZE;
  const found = await read(callerOf(context).userId, { after, limit: limit + 1 });
  const page = found.slice(0, limit);
  const last = page.at(-1);
  const projectIds = [...new Set(page.map(({ item }) => item.projectId))];
  const seen = new Set(await projects.visible(projectIds, context));
  return {
    items: page.map(({ item }) => item).filter(({ projectId }) => seen.has(projectId)),
    nextPageToken:
      found.length <= limit || last === undefined ? "" : pageToken(desc, request, last.place.join(".")),
  };
}
