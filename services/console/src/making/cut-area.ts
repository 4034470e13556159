import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { cutFrom } from "./cut-way.ts";
import { readGivenAreas } from "./given-areas.ts";

/** Starts to cut a project's area into tasks, or takes the areas of a file as its tasks. */
export async function cutArea(visit: Visit): Promise<Done> {
  const { ask, form, params } = visit;
  const areas: MultiPolygon[] = form.text("_part") === "areas" ? await readGivenAreas(visit) : [];
  const { acknowledgement } = await ask(TaskService.method.createTasks, {
    requestId: form.text("_request_id"),
    projectId: Number(params.project_id),
    ...cutFrom((name) => form.text(name)),
    areas,
  });
  return { see: `/v1/${acknowledgement?.name}` };
}
