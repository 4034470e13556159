import { type Project, ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import type { TransactionSql } from "@tessera/postgres/pool.ts";

/** What a clone has of its own. */
export interface Clone {
  name: string;
  organisationId: number;
  authorUserId: bigint;
  withAllowedUsers: boolean;
}

/** Copies a project that is still as it was read; answers the number of the copy, undefined where it is not. */
export async function insertClone(
  tx: TransactionSql,
  { projectId, revision }: Project,
  { name, organisationId, authorUserId, withAllowedUsers }: Clone,
  now: Date,
): Promise<number | undefined> {
  const [drawn] = await tx<{ clone_id: number }[]>`select nextval('project_ids')::integer as clone_id`;
  const { clone_id: cloneId } = drawn as { clone_id: number };
  const own = {
    project_id: cloneId,
    name,
    status: ProjectStatus.DRAFT,
    organisation_id: organisationId,
    author_user_id: String(authorUserId),
    create_time: now.toISOString(),
    update_time: now.toISOString(),
    revision: 1,
    source: "",
    external_id: "",
  };
  const { count } = await tx`
    insert into projects
    select (jsonb_populate_record(original, ${tx.json(own)})).*
    from projects as original where project_id = ${projectId} and revision = ${revision}
    for share`;
  if (count === 0) return undefined;
  await tx`
    insert into project_teams (project_id, team_id, role)
    select ${cloneId}, team_id, role from project_teams where project_id = ${projectId}`;
  if (withAllowedUsers) {
    await tx`
      insert into project_users (project_id, user_id)
      select ${cloneId}, user_id from project_users where project_id = ${projectId}`;
  }
  return cloneId;
}
