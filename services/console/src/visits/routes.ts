import type { Act, Give, Show } from "./visit.ts";

/** A page at a path: "/v1/projects/:project_id{[0-9]+}". */
export interface PageRoute {
  path: string;
  show: Show;
  /** Whether there is a page at an address of that path; there always is unless given. */
  has?: (path: string, query: URLSearchParams) => boolean;
}

/**
 * What a form does: the method and the path of the REST resource that it changes. Browsers post all forms; a form names
 * another method in the parameter `_method` of its address.
 */
export interface ActRoute {
  method: "POST" | "PUT" | "PATCH" | "DELETE";
  path: string;
  act: Act;
  /** The page that has the form: it is shown again when the form is refused. It is given the variables of this path. */
  page: Show;
}

/** What is no page. */
export interface GiveRoute {
  path: string;
  give: Give;
}

/** What a room of the console answers. */
export interface Routes {
  pages?: readonly PageRoute[];
  acts?: readonly ActRoute[];
  gives?: readonly GiveRoute[];
}
