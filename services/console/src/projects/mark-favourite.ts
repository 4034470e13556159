import { FavouriteService } from "@tessera/contracts/tessera/project/v1/favourite_service_pb.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";

/** Marks a project as a favourite of the person. */
export async function markFavourite({ ask, form, params }: Visit): Promise<Done> {
  const projectId = Number(params.project_id);
  await ask(FavouriteService.method.createFavourite, { requestId: form.text("_request_id"), projectId });
  return { see: `/v1/projects/${projectId}`, notice: "favouriteMarked" };
}
