import type { ServiceImpl } from "@connectrpc/connect";
import type { ValidationService } from "@tessera/contracts/tessera/task/v1/validation_service_pb.ts";
import type { Deps } from "../deps.ts";
import { listDisagreements } from "./list-disagreements.ts";
import { listSampledTasks } from "./list-sampled-tasks.ts";

/** Implements tessera.task.v1.ValidationService. */
export function validationService(deps: Deps): ServiceImpl<typeof ValidationService> {
  return { listSampledTasks: listSampledTasks(deps), listDisagreements: listDisagreements(deps) };
}
