import type { Routes } from "../visits/routes.ts";
import { showAdministration } from "./administration-page.ts";

/** The overview for administrators. */
export const ADMINISTRATION: Routes = {
  pages: [{ path: "/console/administration", show: showAdministration }],
};
