import type { MethodImpl } from "@connectrpc/connect";
import type { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { areaSquareKilometres } from "@tessera/geometry/areas/measure.ts";
import type { Deps } from "../deps.ts";
import { previewCut } from "./preview-cut.ts";

/** Implements tessera.task.v1.TaskService.PreviewTasks. */
export function previewTasks(deps: Deps): MethodImpl<typeof TaskService.method.previewTasks> {
  return async (request, context) => {
    const { tasks, revision } = await previewCut(deps, request, context);
    const sizes = tasks.map(({ area }) => areaSquareKilometres(area));
    const smallest = sizes.reduce((least, it) => Math.min(least, it), sizes[0] ?? 0);
    const largest = sizes.reduce((most, it) => Math.max(most, it), 0);
    const sum = sizes.reduce((total, it) => total + it, 0);
    return {
      preview: {
        projectId: request.projectId,
        taskCount: tasks.length,
        squareCount: tasks.filter(({ tile }) => tile !== undefined).length,
        smallestSquareKilometres: smallest,
        largestSquareKilometres: largest,
        meanSquareKilometres: tasks.length === 0 ? 0 : sum / tasks.length,
        projectRevision: revision,
      },
    };
  };
}
