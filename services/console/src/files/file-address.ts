import { TokenService } from "@tessera/contracts/tessera/auth/v1/token_service_pb.ts";
import type { Raw } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";

/** The form of a file, as the parameter `f` names it: "geojson". */
export type FileForm = "geojson" | "csv" | "gpx" | "osm";

interface NumberedTask {
  projectId: number;
  taskId: number;
}

/** Where the files of a project are asked for in the name of who reads the page. */
export function projectFile(projectId: number, of: "area" | "tasks", form: FileForm): string {
  return `/console/projects/${projectId}/files/${of}/${form}`;
}

/** Where a file of a task is asked for in the name of who reads the page. */
export function taskFile({ projectId, taskId }: NumberedTask, form: FileForm): string {
  return `/console/projects/${projectId}/tasks/${taskId}/files/${form}`;
}

/** Where an editor is opened on a task, in the name of who reads the page. */
export function taskEditor({ projectId, taskId }: NumberedTask, editor: "josm" | "id"): string {
  return `/console/projects/${projectId}/tasks/${taskId}/editors/${editor}`;
}

/**
 * The query by which a program without cookies reads a file of this path. A person's carries a ticket: a token that reads this
 * one path, for as long as their access token, ten minutes at most. It is made when somebody follows the link, and is on no page.
 */
export async function fileQuery({ ask, person }: Visit, path: string, form: FileForm): Promise<string> {
  const query = new URLSearchParams({ f: form });
  if (person !== undefined) {
    const { ticket } = await ask(TokenService.method.issueStreamTicket, { path });
    query.set("ticket", ticket);
  }
  return String(query);
}

/** Sends a browser to an address that has a ticket: it is neither kept nor sent to another site as a referrer. */
export function sentTo(location: string): Raw {
  return {
    contentType: "text/plain; charset=utf-8",
    bytes: "",
    status: 303,
    headers: { location, "cache-control": "no-store", "referrer-policy": "no-referrer" },
  };
}
