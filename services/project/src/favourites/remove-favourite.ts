import type { MethodImpl } from "@connectrpc/connect";
import { FavouriteService } from "@tessera/contracts/tessera/project/v1/favourite_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import { favouriteNotFound } from "../projects/life-refusals.ts";
import { deleteFavourite } from "./store.ts";

/** Implements tessera.project.v1.FavouriteService.RemoveFavourite. */
export function removeFavourite({ store }: Deps): MethodImpl<typeof FavouriteService.method.removeFavourite> {
  return (request, context) => {
    const { projectId } = request;
    const { userId } = callerOf(context);
    return store.command({
      method: FavouriteService.method.removeFavourite,
      request,
      context,
      work: async (tx) => {
        if (!(await deleteFavourite(tx, projectId, userId))) throw favouriteNotFound(projectId);
        return { name: `users/me/favourites/${projectId}`, revision: 2n };
      },
    });
  };
}
