import type { Routes } from "../visits/routes.ts";
import { giveLiveAddress } from "./live-address.ts";
import { giveMiniature } from "./miniature.ts";
import { givePicture } from "./picture-part.ts";
import { giveProjectTile } from "./project-tile.ts";
import { giveTaskTile } from "./task-tile.ts";

const PROJECT = "/console/projects/:project_id{[0-9]+}";
const TILE = "tiles/:zoom{[0-9]+}/:x{[0-9]+}/:y{[0-9]+}";

/** What maps are made of: tiles, pictures that are shown again, and where to follow changes. */
export const MAPS: Routes = {
  gives: [
    { path: `${PROJECT}/${TILE}`, give: giveTaskTile },
    { path: `/console/projects/${TILE}`, give: giveProjectTile },
    { path: `${PROJECT}/miniature.svg`, give: giveMiniature },
    { path: `${PROJECT}/picture`, give: givePicture },
    { path: `${PROJECT}/live-address`, give: giveLiveAddress },
  ],
};
