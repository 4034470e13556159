import { ProjectEventKind } from "@tessera/contracts/tessera/project/v1/project_event_pb.ts";
import type { Project } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import type { HeldPosition } from "@tessera/feeds/fold-feed.ts";
import { followedFeed } from "@tessera/feeds/followed-feed.ts";
import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import { appendEvent } from "./events/store.ts";

/** After how many seconds without a heartbeat the lease of a following replica expires. */
const LEASE_SECONDS = 15;

/** Rows of the auth service that were deleted. */
export interface Deleted {
  organisationIds: number[];
  teamIds: number[];
  userIds: bigint[];
}

/** What projects store of the auth service's rows, kept true by following its feed. */
export function referenceStore(sql: Sql) {
  const { take, release, move } = followedFeed(sql, "auth_feed", LEASE_SECONDS);
  return {
    take,
    release,

    /** Continues from another position. False where another replica follows, or has moved on. */
    moveTo: (held: HeldPosition, next: string): Promise<boolean> => move(sql, held, next),

    /**
     * Removes references to what was deleted, each with an event of the project, and keeps the position after it, all or
     * nothing. False where another replica follows, or has moved on: nothing was written then.
     */
    remove: (held: HeldPosition, next: string, deleted: Deleted): Promise<boolean> =>
      sql.begin(async (tx) => {
        if (!(await move(tx, held, next))) return false;
        const referring = await lockReferring(tx, deleted);
        if (referring.length > 0) await removeFrom(tx, referring, deleted);
        return true;
      }),
  };
}

/** A project that refers to something deleted, and by which of its fields. */
interface Referring extends Pick<Project, "projectId" | "revision" | "status" | "private"> {
  byOrganisation: boolean;
  byTeam: boolean;
  byUser: boolean;
}

/** Locks the projects by number, before what belongs to them, as the commands do. */
async function lockReferring(
  tx: TransactionSql,
  { organisationIds, teamIds, userIds }: Deleted,
): Promise<Referring[]> {
  if (organisationIds.length + teamIds.length + userIds.length === 0) return [];
  const locked = await tx<{ project_id: number }[]>`
    select project_id from projects
    where organisation_id = any(${organisationIds}::integer[])
      or project_id in (select project_id from project_teams where team_id = any(${teamIds}::integer[]))
      or project_id in (select project_id from project_users where user_id = any(${userIds}::bigint[]))
    order by project_id for update`;
  // A statement of its own, which sees what the holders of the locks before this one wrote.
  return tx<Referring[]>`
    select * from (
      select project_id as "projectId", revision, status, is_private as "private",
        organisation_id = any(${organisationIds}::integer[]) as "byOrganisation",
        exists (select from project_teams t
          where t.project_id = p.project_id and t.team_id = any(${teamIds}::integer[])) as "byTeam",
        exists (select from project_users u
          where u.project_id = p.project_id and u.user_id = any(${userIds}::bigint[])) as "byUser"
      from projects p where project_id = any(${locked.map((row) => row.project_id)}::integer[])
    ) found
    where "byOrganisation" or "byTeam" or "byUser"
    order by "projectId"`;
}

async function removeFrom(
  tx: TransactionSql,
  referring: readonly Referring[],
  { organisationIds, teamIds, userIds }: Deleted,
): Promise<void> {
  const projectIds = referring.map(({ projectId }) => projectId);
  const [clock] = await tx<{ now: Date }[]>`select date_trunc('milliseconds', clock_timestamp()) as now`;
  const { now } = clock as { now: Date };
  await tx`
    delete from project_teams
    where project_id = any(${projectIds}::integer[]) and team_id = any(${teamIds}::integer[])`;
  await tx`
    delete from project_users
    where project_id = any(${projectIds}::integer[]) and user_id = any(${userIds}::bigint[])`;
  await tx`
    update projects set revision = revision + 1, update_time = ${now},
      organisation_id = case when organisation_id = any(${organisationIds}::integer[]) then 0 else organisation_id end
    where project_id = any(${projectIds}::integer[])`;
  for (const { projectId, revision, byOrganisation, byTeam, byUser, ...project } of referring) {
    await appendEvent(tx, {
      kind: byOrganisation ? ProjectEventKind.TRANSFERRED : ProjectEventKind.ACCESS_CHANGED,
      projectId,
      revision: revision + 1n,
      fields: [
        ...(byUser ? ["allowed_user_ids"] : []),
        ...(byOrganisation ? ["organisation_id"] : []),
        ...(byTeam ? ["teams"] : []),
      ],
      accessChanged: true,
      actor: 0n,
      now,
      project,
    });
  }
}
