import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { MethodImpl } from "@connectrpc/connect";
import type { Favourite } from "@tessera/contracts/tessera/project/v1/favourite_pb.ts";
import {
  type FavouriteService,
  ListFavouritesRequestSchema,
} from "@tessera/contracts/tessera/project/v1/favourite_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { pageToken, pageTokenInvalid, readPageToken } from "@tessera/rpc/page-token.ts";
import { ifAuthIsThere } from "../access/viewers.ts";
import type { Deps } from "../deps.ts";
import type { FavouritePosition } from "./store.ts";

const DEFAULT_PAGE_SIZE = 20;
/** A list waits no longer than this to learn what its reader is in. */
const ASK_MOST_MS = 1_000;

const KEY = /^([0-9]{1,15})\.([0-9]{1,10})$/;
/** No project has a greater number. */
const LAST_ID = 2 ** 31 - 1;
/** The end of the year 9999. */
const LAST_MOMENT = Date.UTC(10_000, 0) - 1;

/** Implements tessera.project.v1.FavouriteService.ListFavourites. */
export function listFavourites({
  store,
  viewers,
}: Deps): MethodImpl<typeof FavouriteService.method.listFavourites> {
  return async (request, context) => {
    const pageSize = request.pageSize || DEFAULT_PAGE_SIZE;
    const after = positionOf(readPageToken(ListFavouritesRequestSchema, request));
    const { userId } = callerOf(context);
    // While auth is unavailable, everybody still sees public projects and their own.
    const asking = (await ifAuthIsThere(viewers.of(context, { mostMs: ASK_MOST_MS }))) ?? { userId };
    // One row more than the page shows whether another page follows.
    const found = await store.favourites.list({ userId, asking, after, most: pageSize + 1 });
    const favourites = found.slice(0, pageSize);
    const last = favourites.at(-1);
    const more = last !== undefined && found.length > pageSize;
    const nextPageToken = more ? pageToken(ListFavouritesRequestSchema, request, keyOf(last)) : "";
    return { favourites, nextPageToken };
  };
}

/** Its position in the list, as text. */
function keyOf({ createTime, projectId }: Favourite): string {
  return `${createTime ? timestampMs(createTime) : 0}.${projectId}`;
}

function positionOf(key: string | undefined): FavouritePosition | undefined {
  if (key === undefined) return undefined;
  const [, milliseconds, id] = KEY.exec(key) ?? [];
  const [createTime, projectId] = [new Date(Number(milliseconds)), Number(id)];
  if (!(projectId <= LAST_ID && createTime.getTime() <= LAST_MOMENT)) throw pageTokenInvalid();
  return { createTime, projectId };
}
