import type { Routes } from "../visits/routes.ts";
import { blockUser } from "./block-user.ts";
import { deleteUser } from "./delete-user.ts";
import { showMe } from "./me-page.ts";
import { setMappingLevel } from "./set-mapping-level.ts";
import { setSystemRole } from "./set-system-role.ts";
import { unblockUser } from "./unblock-user.ts";
import { updateUser } from "./update-user.ts";
import { showUsers } from "./user-list-page.ts";
import { showUser } from "./user-page.ts";

const USER = "/v1/users/:user_id{[1-9][0-9]{0,17}}";

/** Profiles of people, and what administrators set of them. */
export const PEOPLE: Routes = {
  pages: [
    { path: "/v1/users", show: showUsers },
    { path: "/v1/users/me", show: showMe },
    { path: USER, show: showUser },
  ],
  acts: [
    { method: "PATCH", path: USER, act: updateUser, page: showUser },
    { method: "DELETE", path: USER, act: deleteUser, page: showUser },
    { method: "PUT", path: `${USER}/role`, act: setSystemRole, page: showUser },
    { method: "PUT", path: `${USER}/level`, act: setMappingLevel, page: showUser },
    { method: "PUT", path: `${USER}/block`, act: blockUser, page: showUser },
    { method: "DELETE", path: `${USER}/block`, act: unblockUser, page: showUser },
  ],
};
