import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import { removeMemberships } from "../memberships/store.ts";
import { deleteAccount } from "../service-accounts/store.ts";
import type { StoredDeletion } from "./deletion.ts";

interface Row {
  user_id: bigint;
  actor: bigint;
  delete_time: Date;
  revision: bigint;
  services: string[];
  times: Date[];
}

/** What is stored of users who were deleted. */
export function deletionStore(sql: Sql) {
  return {
    /** Undefined for a user who was not deleted. */
    async find(userId: bigint): Promise<StoredDeletion | undefined> {
      const [row] = await sql<Row[]>`${deletions(sql)} where user_id = ${userId}`;
      return row && deletionOfRow(row);
    },

    /** Those that a service has not confirmed, of users after `after`. */
    async pending(service: string, after: bigint, limit: number): Promise<StoredDeletion[]> {
      const rows = await sql<Row[]>`
        ${deletions(sql)}
        where user_id > ${after} and not exists (
          select from deletion_confirmations c where c.user_id = d.user_id and c.service = ${service})
        order by user_id limit ${limit}`;
      return rows.map(deletionOfRow);
    },
  };
}

/**
 * Removes what is stored of a user beside the row itself (of a service account, its keys), and asks all services to do the
 * same.
 */
export async function insertDeletion(
  tx: TransactionSql,
  userId: bigint,
  { actor, clientId }: { actor: bigint; clientId: string },
  now: Date,
): Promise<void> {
  await tx`
    update users set identity_provider = 'deleted', subject = ${String(userId)} where user_id = ${userId}`;
  await tx`delete from work_counts where user_id = ${userId}`;
  await tx`
    update sessions set end_time = ${now}, revision = revision + 1 where user_id = ${userId} and end_time is null`;
  await tx`
    update personal_access_tokens set name = '', revoke_time = coalesce(revoke_time, ${now})
    where user_id = ${userId}`;
  await removeMemberships(tx, userId, { actor, clientId });
  await deleteAccount(tx, userId);
  await tx`insert into deletions (user_id, delete_time, actor) values (${userId}, ${now}, ${actor})`;
}

/** Reads the revision of a deletion, so that nobody else changes it until the transaction ends. */
export async function holdDeletion(tx: TransactionSql, userId: bigint): Promise<bigint | undefined> {
  const [row] = await tx<{ revision: bigint }[]>`
    select revision from deletions where user_id = ${userId} for update`;
  return row?.revision;
}

/** Writes that a service has confirmed a deletion. Returns its new revision; undefined if it had confirmed before. */
export async function insertConfirmation(
  tx: TransactionSql,
  { userId, service, now }: { userId: bigint; service: string; now: Date },
): Promise<bigint | undefined> {
  const [row] = await tx<{ revision: bigint }[]>`
    with added as (
      insert into deletion_confirmations (user_id, service, confirm_time) values (${userId}, ${service}, ${now})
      on conflict do nothing returning user_id
    )
    update deletions d set revision = revision + 1 from added where d.user_id = added.user_id returning d.revision`;
  return row?.revision;
}

function deletions(sql: Sql) {
  return sql`
    select user_id, actor, delete_time, revision,
      array(select service from deletion_confirmations c where c.user_id = d.user_id order by service) as services,
      array(select confirm_time from deletion_confirmations c where c.user_id = d.user_id order by service) as times
    from deletions d`;
}

function deletionOfRow({ user_id, actor, delete_time, revision, services, times }: Row): StoredDeletion {
  return {
    userId: user_id,
    actor,
    deleteTime: delete_time,
    revision,
    confirmations: services.map((service, index) => ({ service, confirmTime: times[index] as Date })),
  };
}
