import { createClient, type HandlerContext, type Transport } from "@connectrpc/connect";
import { OrganisationService } from "@tessera/contracts/tessera/auth/v1/organisation_service_pb.ts";
import { TeamService } from "@tessera/contracts/tessera/auth/v1/team_service_pb.ts";
import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import type { Project } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { away } from "@tessera/rpc/admission/away.ts";
import { onward } from "@tessera/rpc/deadline.ts";
import { referredBy } from "@tessera/rpc/reference.ts";
import { teamsNotFound, usersNotFound } from "./reference-refusals.ts";

type Context = Pick<HandlerContext, "values" | "signal" | "requestHeader">;

/** The fields of a project that refer to teams and people. */
export type References = Pick<Project, "teams" | "allowedUserIds">;

/** The auth service takes at most this many ids in one call. */
const BATCH_MAX = 100;

/**
 * Whether what a project refers to exists. The refusals and failures of the auth service cross as they are; one that says
 * that something is not there names the field that refers to it.
 */
export interface Directory {
  /** Refuses ORGANISATION_NOT_FOUND; 0 stands for none. `field` is the path of the reference in the request. */
  refuseUnknownOrganisation(organisationId: number, context: Context, field?: string): Promise<void>;
  /** Refuses USER_NOT_FOUND. `field` is the path of the reference in the request. */
  refuseUnknownUser(userId: bigint, context: Context, field: string): Promise<void>;
  /**
   * Refuses references that `before` did not have, of a team that does not exist or that the caller may not know of, and
   * of a person who does not exist. In this order: TEAM_NOT_FOUND, USER_NOT_FOUND.
   */
  refuseUnknownReferences(
    references: Partial<References>,
    context: Context,
    before?: References,
  ): Promise<void>;
}

/** Asks the auth service, on behalf of the caller. */
export function directory(auth: Transport): Directory {
  const [organisations, users] = [createClient(OrganisationService, auth), createClient(UserService, auth)];
  const teams = createClient(TeamService, auth);
  return {
    refuseUnknownOrganisation: async (organisationId, context, field = "organisation_id") => {
      if (organisationId === 0) return;
      await referredBy(
        field,
        away(context, organisations.getOrganisation({ organisationId }, onward(context))),
      );
    },
    refuseUnknownUser: async (userId, context, field) => {
      await referredBy(field, away(context, users.getUser({ userId }, onward(context))));
    },
    refuseUnknownReferences: async (references, context, before) => {
      const teamIds = (references.teams ?? []).map(({ teamId }) => teamId);
      const knownTeams = before?.teams.map(({ teamId }) => teamId);
      const missingTeams = await missing(teamIds, knownTeams, async (some) => {
        return (await away(context, teams.batchGetTeams({ teamIds: some }, onward(context)))).missingTeamIds;
      });
      if (missingTeams.length > 0) throw teamsNotFound(missingTeams);
      const userIds = references.allowedUserIds ?? [];
      const missingUsers = await missing(userIds, before?.allowedUserIds, async (some) => {
        return (await away(context, users.batchGetUsers({ userIds: some }, onward(context)))).missingUserIds;
      });
      if (missingUsers.length > 0) throw usersNotFound(missingUsers);
    },
  };
}

/** The ids that are new and that `find` misses, each with its place in the list. */
async function missing<Id extends number | bigint>(
  ids: readonly Id[],
  known: readonly Id[] = [],
  find: (some: Id[]) => Promise<Id[]>,
): Promise<{ id: Id; index: number }[]> {
  const before = new Set(known);
  const added = ids.filter((id) => !before.has(id));
  const absent = new Set<Id>();
  for (let from = 0; from < added.length; from += BATCH_MAX) {
    for (const id of await find(added.slice(from, from + BATCH_MAX))) absent.add(id);
  }
  return ids.flatMap((id, index) => (absent.has(id) ? [{ id, index }] : []));
}
