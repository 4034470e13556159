import type { Routes } from "../visits/routes.ts";
import { acceptLicence } from "./accept-licence.ts";
import { createLicence } from "./create-licence.ts";
import { deleteLicence } from "./delete-licence.ts";
import { showLicences } from "./licence-list-page.ts";
import { showLicence } from "./licence-page.ts";
import { updateLicence } from "./update-licence.ts";

const ALL = "/v1/licences";
const LICENCE = `${ALL}/:licence_id{[1-9][0-9]{0,8}}`;

/** The licences of imagery: to read, to accept, and to keep. */
export const LICENCES: Routes = {
  pages: [
    { path: ALL, show: showLicences },
    { path: LICENCE, show: showLicence },
  ],
  acts: [
    { method: "POST", path: ALL, act: createLicence, page: showLicences },
    { method: "PATCH", path: LICENCE, act: updateLicence, page: showLicence },
    { method: "DELETE", path: LICENCE, act: deleteLicence, page: showLicence },
    { method: "PUT", path: `${LICENCE}/acceptance`, act: acceptLicence, page: showLicence },
  ],
};
