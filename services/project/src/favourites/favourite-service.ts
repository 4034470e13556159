import type { ServiceImpl } from "@connectrpc/connect";
import type { FavouriteService } from "@tessera/contracts/tessera/project/v1/favourite_service_pb.ts";
import type { Deps } from "../deps.ts";
import { addFavourite } from "./add-favourite.ts";
import { getFavourite } from "./get-favourite.ts";
import { listFavourites } from "./list-favourites.ts";
import { removeFavourite } from "./remove-favourite.ts";

/** Implements tessera.project.v1.FavouriteService. */
export function favouriteService(deps: Deps): ServiceImpl<typeof FavouriteService> {
  return {
    addFavourite: addFavourite(deps),
    getFavourite: getFavourite(deps),
    listFavourites: listFavourites(deps),
    removeFavourite: removeFavourite(deps),
  };
}
