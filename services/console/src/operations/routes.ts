import type { Routes } from "../visits/routes.ts";
import { cancelOperation } from "./cancel-operation.ts";
import { showOperations } from "./operation-list-page.ts";
import { showOperation } from "./operation-page.ts";

const LIST = "/v1/projects/:project_id{[0-9]+}/operations";
const ONE = `${LIST}/:operation_id{[0-9]+}`;

/** Work that takes longer than a page. */
export const OPERATIONS: Routes = {
  pages: [
    { path: LIST, show: showOperations },
    { path: ONE, show: showOperation },
  ],
  acts: [{ method: "PUT", path: `${ONE}/cancellation`, act: cancelOperation, page: showOperation }],
};
