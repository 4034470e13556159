import { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { fileQuery, sentTo } from "../files/file-address.ts";
import { PageFault } from "../visits/page-fault.ts";
import type { Give } from "../visits/visit.ts";
import { editorLinks } from "./editor-links.ts";
import { taskOf, taskPath } from "./task-address.ts";

/** Opens an editor on a task: it reads the task's outline in the name of who follows the link. */
export const giveEditor: Give = async (visit) => {
  const { ask, params, deps } = visit;
  const editor = (["josm", "id"] as const).find((it) => it === params.editor);
  if (editor === undefined) throw new PageFault(404);
  const address = taskOf(visit);
  const [{ task }, { project }] = await Promise.all([
    ask(TaskService.method.getTask, address),
    ask(ProjectService.method.getProject, { projectId: address.projectId }),
  ]);
  if (task?.area === undefined || project === undefined) throw new PageFault(404);
  const path = taskPath(address);
  const form = editor === "id" ? "gpx" : "osm";
  const outline = `${deps.publicUrl}${path}?${await fileQuery(visit, path, form)}`;
  const links = editorLinks(task.area, project, { title: `Task ${address.taskId}`, outline });
  return sentTo(editor === "id" ? links.id : links.josmOutline);
};
