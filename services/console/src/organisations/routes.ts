import type { Routes } from "../visits/routes.ts";
import { addOrganisationManager } from "./add-organisation-manager.ts";
import { createOrganisation } from "./create-organisation.ts";
import { deleteOrganisation } from "./delete-organisation.ts";
import { showOrganisations } from "./organisation-list-page.ts";
import { showOrganisation } from "./organisation-page.ts";
import { removeOrganisationManager } from "./remove-organisation-manager.ts";
import { updateOrganisation } from "./update-organisation.ts";

const ALL = "/v1/organisations";
const ONE = `${ALL}/:organisation_id{[1-9][0-9]{0,8}}`;
const MANAGER = `${ONE}/managers/:user_id{[1-9][0-9]{0,17}}`;

/** Organisations, and who manages them. */
export const ORGANISATIONS: Routes = {
  pages: [
    { path: ALL, show: showOrganisations },
    { path: ONE, show: showOrganisation },
  ],
  acts: [
    { method: "POST", path: ALL, act: createOrganisation, page: showOrganisations },
    { method: "PATCH", path: ONE, act: updateOrganisation, page: showOrganisation },
    { method: "DELETE", path: ONE, act: deleteOrganisation, page: showOrganisation },
    { method: "POST", path: `${ONE}/managers`, act: addOrganisationManager, page: showOrganisation },
    { method: "DELETE", path: MANAGER, act: removeOrganisationManager, page: showOrganisation },
  ],
};
