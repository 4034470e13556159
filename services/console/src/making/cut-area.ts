import { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { requestIdWith } from "../forms/request-id.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { cutFrom } from "./cut-way.ts";
import { givenAreas, readTextFile } from "./given-areas.ts";

/** Starts to cut a project's area into tasks, or takes the areas of a file as its tasks. */
export async function cutArea(visit: Visit): Promise<Done> {
  const { ask, form, params } = visit;
  const text = form.text("_part") === "areas" ? await readTextFile(visit) : undefined;
  const { acknowledgement } = await ask(TaskService.method.createTasks, {
    requestId: text === undefined ? form.text("_request_id") : requestIdWith(form, text),
    projectId: Number(params.project_id),
    ...cutFrom((name) => form.text(name)),
    areas: text === undefined ? [] : givenAreas(visit, text),
  });
  return { see: `/v1/${acknowledgement?.name}` };
}
