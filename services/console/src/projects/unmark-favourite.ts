import { FavouriteService } from "@tessera/contracts/tessera/project/v1/favourite_service_pb.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";

/** Takes the mark of a favourite away. */
export async function unmarkFavourite({ ask, form, params }: Visit): Promise<Done> {
  const projectId = Number(params.project_id);
  await ask(FavouriteService.method.deleteFavourite, { requestId: form.text("_request_id"), projectId });
  return { see: `/v1/projects/${projectId}`, notice: "favouriteUnmarked" };
}
