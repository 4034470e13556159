import { FavouriteService } from "@tessera/contracts/tessera/project/v1/favourite_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import { refuseStrangers } from "../access/readers-only.ts";
import type { Deps } from "../deps.ts";
import { projectNotFound } from "../refusals.ts";
import { insertFavourite } from "./store.ts";

/** Implements tessera.project.v1.FavouriteService.CreateFavourite. */
export const createFavourite = (deps: Deps) =>
  command(FavouriteService.method.createFavourite, async ({ projectId }, attempt) => {
    await deps.store.replayIfDone(attempt);
    await attempt.once(() => refuseStrangers(deps, projectId, attempt.context));
    return deps.store.write(attempt, async (tx, now) => {
      const created = await insertFavourite(tx, projectId, attempt.caller.userId, now);
      if (created === undefined) throw projectNotFound(projectId);
      return { name: `users/me/favourites/${projectId}`, revision: 1n, response: { created } };
    });
  });
