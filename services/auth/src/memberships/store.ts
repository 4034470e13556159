import { create } from "@bufbuild/protobuf";
import { AuthEventKind } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import { type Memberships, MembershipsSchema } from "@tessera/contracts/tessera/auth/v1/membership_pb.ts";
import { type MemberFunction, TeamVisibility } from "@tessera/contracts/tessera/auth/v1/team_pb.ts";
import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import { appendEvent } from "../event-store.ts";
import { administers } from "../users/store.ts";
import { visibilityWord } from "./visibility-word.ts";

/** The reader: a user, or 0n for a caller that is not signed in, and the scopes of the token. */
export interface Viewer {
  userId: bigint;
  scopes: ReadonlySet<string>;
}

/** What only services may be given: a service knows of every team, as an administrator does. */
const SERVICES_SCOPE = "services";

/** What is stored of who belongs to what. */
export function membershipStore(sql: Sql) {
  return {
    /** What each of these people belongs to, as far as the viewer may know, in one query of one moment. */
    async of(userIds: readonly bigint[], viewer: Viewer): Promise<Memberships[]> {
      const rows = await sql<MembershipsRow[]>`
        select u.user_id, coalesce(v.version, 0) as version,
          array(select m.organisation_id from organisation_managers m where m.user_id = u.user_id order by 1) as managed,
          array(
            select array[m.team_id, t.organisation_id, m.function]
            from team_members m join teams t on t.team_id = m.team_id
            where m.user_id = u.user_id and (u.user_id = ${viewer.userId} or ${isKnownTo(sql, viewer)})
            order by m.team_id) as teams
        from unnest(${[...userIds]}::bigint[]) with ordinality as u (user_id, place)
        left join membership_versions v on v.user_id = u.user_id
        order by u.place`;
      return rows.map(membershipsOf);
    },
  };
}

interface MembershipsRow {
  user_id: bigint;
  version: bigint;
  managed: number[];
  teams: [number, number, MemberFunction][];
}

function membershipsOf({ user_id: userId, version, managed, teams }: MembershipsRow): Memberships {
  return create(MembershipsSchema, {
    userId,
    version,
    managedOrganisationIds: managed,
    teams: teams.map(([teamId, organisationId, memberFunction]) => ({
      teamId,
      organisationId,
      function: memberFunction,
    })),
  });
}

/** Whether the viewer may know of a team `t`: a condition for a query. */
export function isKnownTo(sql: Sql | TransactionSql, viewer: Viewer) {
  const { userId, scopes } = viewer;
  return sql`(
    t.visibility = ${TeamVisibility.PUBLIC}
    or ${scopes.has(SERVICES_SCOPE)}::boolean
    or exists (select from team_members known where known.team_id = t.team_id and known.user_id = ${userId})
    or exists (select from organisation_managers known
      where known.organisation_id = t.organisation_id and known.user_id = ${userId})
    or ${administers(sql, viewer)})`;
}

/** Raises the versions of what these people belong to. The last lock that a command takes, and in the order of people. */
export async function raiseMembershipVersions(tx: TransactionSql, userIds: readonly bigint[]): Promise<void> {
  await tx`
    insert into membership_versions (user_id, version)
    select user_id, 1 from unnest(${[...userIds]}::bigint[]) as given (user_id) order by user_id
    on conflict (user_id) do update set version = membership_versions.version + 1`;
}

/**
 * Takes a person who is deleted out of every team and every organisation's managers, with the requests that the
 * person made and the invitations that name the person; the last manager too. Each is published by an event. For
 * DeleteUser, in its transaction: it has locked the person's row for update before, so that nobody makes the person a
 * member meanwhile.
 */
export async function removeMemberships(
  tx: TransactionSql,
  userId: bigint,
  by: { actor: bigint; clientId?: string } = { actor: 0n },
): Promise<void> {
  await tx`
    select from organisations where organisation_id in (
      select organisation_id from organisation_managers where user_id = ${userId})
    order by organisation_id for update`;
  await tx`
    select from teams where team_id in (select team_id from team_members where user_id = ${userId})
    order by team_id for update`;
  const managed = await tx<{ organisation_id: number }[]>`
    delete from organisation_managers where user_id = ${userId} returning organisation_id`;
  const teams = await tx<{ team_id: number; organisation_id: number; visibility: TeamVisibility }[]>`
    delete from team_members m using teams t where t.team_id = m.team_id and m.user_id = ${userId}
    returning m.team_id, t.organisation_id, t.visibility`;
  await tx`delete from join_requests where user_id = ${userId}`;
  await tx`delete from invitations where user_id = ${userId}`;
  for (const { organisation_id: organisationId } of managed) {
    await appendEvent(tx, {
      kind: AuthEventKind.ORGANISATION_MANAGER_REMOVED,
      ...by,
      userId,
      organisationId,
    });
  }
  for (const { team_id: teamId, organisation_id: organisationId, visibility } of teams) {
    const details = { visibility: visibilityWord(visibility) };
    await appendEvent(tx, {
      kind: AuthEventKind.TEAM_MEMBER_REMOVED,
      ...by,
      userId,
      organisationId,
      teamId,
      details,
    });
  }
  if (managed.length + teams.length > 0) await raiseMembershipVersions(tx, [userId]);
}
