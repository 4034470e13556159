import type { MethodImpl } from "@connectrpc/connect";
import { FavouriteService } from "@tessera/contracts/tessera/project/v1/favourite_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { refuseStrangers } from "../access/readers-only.ts";
import type { Deps } from "../deps.ts";
import { projectNotFound } from "../refusals.ts";
import { insertFavourite } from "./store.ts";

/** Implements tessera.project.v1.FavouriteService.AddFavourite. */
export function addFavourite(deps: Deps): MethodImpl<typeof FavouriteService.method.addFavourite> {
  return (request, context) => {
    const { projectId } = request;
    const { userId } = callerOf(context);
    return deps.store.command({
      method: FavouriteService.method.addFavourite,
      request,
      context,
      ask: () => refuseStrangers(deps, projectId, context),
      work: async (tx, now) => {
        const created = await insertFavourite(tx, projectId, userId, now);
        if (created === undefined) throw projectNotFound(projectId);
        return { name: `users/me/favourites/${projectId}`, revision: 1n, response: { created } };
      },
    });
  };
}
