import { FavouriteService } from "@tessera/contracts/tessera/project/v1/favourite_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import type { Deps } from "../deps.ts";
import { favouriteNotFound } from "./refusals.ts";
import { removeFavourite } from "./store.ts";

/** Implements tessera.project.v1.FavouriteService.DeleteFavourite. */
export const deleteFavourite = ({ store }: Deps) =>
  command(FavouriteService.method.deleteFavourite, async ({ projectId }, attempt) => {
    await store.replayIfDone(attempt);
    return store.write(attempt, async (tx) => {
      if (!(await removeFavourite(tx, projectId, attempt.caller.userId))) throw favouriteNotFound(projectId);
      return { name: `users/me/favourites/${projectId}`, revision: 2n };
    });
  });
