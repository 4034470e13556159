import type { MethodImpl } from "@connectrpc/connect";
import type { FavouriteService } from "@tessera/contracts/tessera/project/v1/favourite_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import { favouriteNotFound } from "./refusals.ts";

/** Implements tessera.project.v1.FavouriteService.GetFavourite. */
export function getFavourite({
  store,
  viewers,
}: Deps): MethodImpl<typeof FavouriteService.method.getFavourite> {
  return async ({ projectId }, context) => {
    const { userId } = callerOf(context);
    // What everybody may see, and what is one's own, needs no answer of auth.
    const open = await store.favourites.find(projectId, userId, { userId });
    if (open !== undefined) return { favourite: open };
    const favourite = await store.favourites.find(projectId, userId, await viewers.of(context));
    if (favourite === undefined) throw favouriteNotFound(projectId);
    return { favourite };
  };
}
