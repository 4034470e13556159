import type { DescMessage, DescMethod, MessageShape } from "@bufbuild/protobuf";
import type { HandlerContext } from "@connectrpc/connect";
import { EventKind } from "@tessera/contracts/tessera/auth/v1/event_pb.ts";
import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import { runCommand } from "@tessera/postgres/run-command.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { appendEvent } from "../append-event.ts";
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

/** A service's word that it has done what a deletion asks for. */
interface Confirmation<I extends DescMessage, O extends DescMessage> {
  method: DescMethod & { input: I; output: O };
  request: MessageShape<I> & { requestId: string; userId: bigint; service: string };
  context: HandlerContext;
  /** Refuses, given whether the deletion is there. */
  decide: (isThere: boolean) => void;
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

    /**
     * Takes away what there is of a user beside the row itself (of a service account, its keys), and asks all services to do
     * the same.
     */
    async record(
      transaction: TransactionSql,
      userId: bigint,
      { actor, clientId, now }: { actor: bigint; clientId: string; now: Date },
    ): Promise<void> {
      await transaction`
        update users set identity_provider = 'deleted', subject = ${String(userId)} where user_id = ${userId}`;
      await transaction`delete from work_counts where user_id = ${userId}`;
      await transaction`
        update sessions set end_time = ${now}, revision = revision + 1 where user_id = ${userId} and end_time is null`;
      await transaction`
        update personal_access_tokens set name = '', revoke_time = coalesce(revoke_time, ${now})
        where user_id = ${userId}`;
      await removeMemberships(transaction, userId, { actor, clientId });
      await deleteAccount(transaction, userId);
      await transaction`
        insert into deletions (user_id, delete_time, actor) values (${userId}, ${now}, ${actor})`;
    },

    confirm: <I extends DescMessage, O extends DescMessage>(confirmation: Confirmation<I, O>) =>
      confirm(sql, confirmation),
  };
}

function confirm<I extends DescMessage, O extends DescMessage>(
  sql: Sql,
  { method, request, context, decide }: Confirmation<I, O>,
): Promise<MessageShape<O>> {
  const { userId: actor, clientId } = callerOf(context);
  const { userId, service } = request;
  return runCommand(sql, {
    method,
    request,
    caller: String(actor),
    work: async (transaction, now) => {
      const [row] = await transaction<{ revision: bigint }[]>`
        select revision from deletions where user_id = ${userId} for update`;
      decide(row !== undefined);
      const added = await transaction`
        insert into deletion_confirmations (user_id, service, confirm_time) values (${userId}, ${service}, ${now})
        on conflict do nothing returning service`;
      const revision = (row?.revision ?? 0n) + BigInt(added.length);
      if (added.length > 0) {
        await transaction`update deletions set revision = ${revision} where user_id = ${userId}`;
        const details = { service };
        await appendEvent(transaction, {
          kind: EventKind.DELETION_CONFIRMED,
          actor,
          clientId,
          userId,
          details,
        });
      }
      return { name: `users/${userId}/deletion`, revision };
    },
  });
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
