import { html } from "../html/html.ts";
import type { Raw } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { findTasks } from "./found-tasks.ts";
import { taskPicturePart } from "./task-picture.ts";

/** It is a part of a page: by itself it does nothing, and no other site shows it. */
const HEADERS = {
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cache-control": "private, no-cache",
};

/** The picture of a project's tasks alone, for a page that shows changes as they happen. */
export async function givePicture(visit: Visit): Promise<Raw> {
  const projectId = Number(visit.params.project_id);
  const found = await findTasks(visit, projectId);
  const part = found === undefined ? html`` : taskPicturePart(visit, projectId, found);
  return { contentType: "text/html; charset=utf-8", bytes: String(part), headers: HEADERS };
}
