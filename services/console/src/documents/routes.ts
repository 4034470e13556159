import type { Routes } from "../visits/routes.ts";
import { showDocument } from "./document-page.ts";
import { resourceAt } from "./resources.ts";

/** Every resource that no other room has a page for. */
export const DOCUMENTS: Routes = {
  pages: [{ path: "/v1/*", show: showDocument, has: (path, query) => resourceAt(path, query) !== undefined }],
};
