import type { Routes } from "../visits/routes.ts";
import { showHome } from "./home-page.ts";

/** The first page. */
export const HOME: Routes = { pages: [{ path: "/", show: showHome }] };
