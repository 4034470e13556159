import type { ServiceImpl } from "@connectrpc/connect";
import type { FavouriteService } from "@tessera/contracts/tessera/project/v1/favourite_service_pb.ts";
import type { Deps } from "../deps.ts";
import { createFavourite } from "./create-favourite.ts";
import { deleteFavourite } from "./delete-favourite.ts";
import { getFavourite } from "./get-favourite.ts";
import { listFavourites } from "./list-favourites.ts";

/** Implements tessera.project.v1.FavouriteService. */
export function favouriteService(deps: Deps): ServiceImpl<typeof FavouriteService> {
  return {
    createFavourite: createFavourite(deps),
    getFavourite: getFavourite(deps),
    listFavourites: listFavourites(deps),
    deleteFavourite: deleteFavourite(deps),
  };
}
