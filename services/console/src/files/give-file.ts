import { PageFault } from "../visits/page-fault.ts";
import type { Give } from "../visits/visit.ts";
import { type FileForm, fileQuery, sentTo } from "./file-address.ts";

/** The files that people download, each a closed list of forms. */
const AREA: readonly FileForm[] = ["geojson", "gpx", "osm"];
const TASKS: readonly FileForm[] = ["geojson", "csv", "gpx", "osm"];

/** Sends a browser to a project's area or tasks as a file. */
export const giveProjectFile: Give = (visit) => {
  const { project_id, of, form } = visit.params;
  const path = `/v1/projects/${Number(project_id)}`;
  if (of === "area") return give(visit, path, formIn(AREA, form));
  return give(visit, `${path}/tasks`, of === "tasks" ? formIn(TASKS, form) : undefined);
};

/** Sends a browser to a task as a file. */
export const giveTaskFile: Give = (visit) => {
  const { project_id, task_id, form } = visit.params;
  return give(visit, `/v1/projects/${Number(project_id)}/tasks/${Number(task_id)}`, formIn(AREA, form));
};

async function give(visit: Parameters<Give>[0], path: string, form: FileForm | undefined) {
  if (form === undefined) throw new PageFault(404);
  return sentTo(`${path}?${await fileQuery(visit, path, form)}`);
}

function formIn(forms: readonly FileForm[], name: string | undefined): FileForm | undefined {
  return forms.find((it) => it === name);
}
