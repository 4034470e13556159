import type { ServiceImpl } from "@connectrpc/connect";
import type { ContributionService } from "@tessera/contracts/tessera/task/v1/contribution_service_pb.ts";
import type { Deps } from "../deps.ts";
import { listContributions } from "./list-contributions.ts";
import { listContributors } from "./list-contributors.ts";

/** Implements tessera.task.v1.ContributionService. */
export function contributionService(deps: Deps): ServiceImpl<typeof ContributionService> {
  return {
    listContributors: listContributors(deps),
    listContributions: listContributions(deps),
  };
}
