import type { Memberships } from "@tessera/contracts/tessera/auth/v1/membership_pb.ts";
import type { MemberFunction } from "@tessera/contracts/tessera/auth/v1/team_pb.ts";
import { type MappingLevel, SystemRole, type User } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";

/** Somebody who signed in, as the auth service knows them. */
export interface Viewer {
  userId: bigint;
  systemRole: SystemRole;
  mappingLevel: MappingLevel;
  managedOrganisationIds: ReadonlySet<number>;
  /** The teams that the person is in, and as what. */
  teams: ReadonlyMap<number, MemberFunction>;
  /** Of the user: rises with each change of role and level. */
  userRevision: bigint;
  /** Rises with each change of what the person belongs to. */
  membershipVersion: bigint;
}

/** Somebody, of what auth says about the user and of what the user belongs to. */
export function viewerOf(user: User, memberships: Memberships): Viewer {
  return {
    userId: user.userId,
    systemRole: user.systemRole,
    mappingLevel: user.mappingLevel,
    managedOrganisationIds: new Set(memberships.managedOrganisationIds),
    teams: new Map(memberships.teams.map(({ teamId, function: as }) => [teamId, as])),
    userRevision: user.revision,
    membershipVersion: memberships.version,
  };
}

/** Whether somebody may do everything, in every project. */
export function isAdministrator(viewer: Pick<User, "systemRole"> | undefined): boolean {
  return viewer?.systemRole === SystemRole.ADMINISTRATOR;
}
