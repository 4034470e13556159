import { createClient, type HandlerContext, type Transport } from "@connectrpc/connect";
import { AccessService } from "@tessera/contracts/tessera/project/v1/access_service_pb.ts";
import { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { away } from "@tessera/rpc/admission/away.ts";
import { onward } from "@tessera/rpc/deadline.ts";

/** The most projects in one question, and the most such questions at once for one caller. */
const ASKED_MAX = 100;
const AT_ONCE_MAX = 4;
/** The most projects that a filter finds: further ones are left out. */
const MATCHING_MAX = 10_000;

type Context = Pick<HandlerContext, "values" | "signal" | "requestHeader">;

/** Which projects: all of them must hold. */
export interface ProjectFilter {
  organisationId?: number | undefined;
  teamId?: number | undefined;
  campaign: string;
}

/** Which projects a caller may see, as the project service says on behalf of the caller. */
export function seenProjects(transport: Transport) {
  const accesses = createClient(AccessService, transport);
  const projects = createClient(ProjectService, transport);
  return {
    visible: async (projectIds: readonly number[], context: Context): Promise<number[]> => {
      const seen: number[] = [];
      for (let from = 0; from < projectIds.length; from += ASKED_MAX * AT_ONCE_MAX) {
        const lots = Array.from({ length: AT_ONCE_MAX }, (_, lot) => from + lot * ASKED_MAX)
          .map((first) => projectIds.slice(first, first + ASKED_MAX))
          .filter((ids) => ids.length > 0);
        const answers = await Promise.all(
          lots.map((ids) => away(context, accesses.batchGetAccess({ projectIds: ids }, onward(context)))),
        );
        seen.push(...answers.flatMap((it) => it.accesses.map(({ projectId }) => projectId)));
      }
      return seen;
    },
    matching: async (filter: ProjectFilter, context: Context): Promise<number[]> => {
      const { organisationId, teamId, campaign } = filter;
      const found: number[] = [];
      let pageToken = "";
      do {
        const page = await away(
          context,
          projects.listProjects(
            {
              organisationIds: organisationId === undefined ? [] : [organisationId],
              teamIds: teamId === undefined ? [] : [teamId],
              campaigns: campaign === "" ? [] : [campaign],
              fields: { paths: ["project_id"] },
              pageSize: ASKED_MAX,
              pageToken,
            },
            onward(context),
          ),
        );
        found.push(...page.projects.map(({ projectId }) => projectId));
        pageToken = page.nextPageToken;
      } while (pageToken !== "" && found.length < MATCHING_MAX);
      return found;
    },
  };
}
