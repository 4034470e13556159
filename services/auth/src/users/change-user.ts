import type { DescMessage, DescMethod, MessageShape } from "@bufbuild/protobuf";
import type { HandlerContext } from "@connectrpc/connect";
import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import { runCommand } from "@tessera/postgres/run-command.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { appendEvent, type Happened } from "../append-event.ts";
import { revokeUser } from "../revocations/store.ts";
import { acting, isAdministrator, type Known, type StoredUser } from "./user.ts";
import { lockUsers } from "./user-row.ts";

/** What a command about a user comes to. */
export interface UserChange {
  user: StoredUser;
  happened: Pick<Happened, "kind" | "details">;
  /** What the acknowledgement names, and its revision: the user, unless it is something else. */
  named?: { name: string; revision: bigint };
  /** What else is written in the same transaction. */
  also?: (sql: TransactionSql) => Promise<void>;
}

/** A command about one user. */
interface UserCommand<I extends DescMessage, O extends DescMessage> {
  method: DescMethod & { input: I; output: O };
  request: MessageShape<I> & { requestId: string };
  context: HandlerContext;
  /** Who is changed. */
  userId: bigint;
  /** Whether the decision depends on who else administers the system. */
  administrators?: boolean;
  decide: (known: Known, now: Date) => UserChange;
}

/** Runs commands about users. */
export function changeUser(sql: Sql) {
  return <I extends DescMessage, O extends DescMessage>({
    method,
    request,
    context,
    userId,
    administrators = false,
    decide,
  }: UserCommand<I, O>): Promise<MessageShape<O>> => {
    const { userId: callerId, clientId } = callerOf(context);
    return runCommand(sql, {
      method,
      request,
      context,
      work: async (transaction, now) => {
        const rows = await lockUsers(transaction, [callerId, userId], { administrators });
        const change = decide(knownOf(rows, callerId, userId), now);
        const { user, happened, also, named } = change;
        const before = rows.find((row) => row.userId === userId);
        const written = { ...user, revision: user.revision + 1n };
        await writeUser(transaction, written);
        if (before?.blocked !== user.blocked || before.tokenVersion !== user.tokenVersion)
          await revokeUser(transaction, user);
        await appendEvent(transaction, { ...happened, actor: callerId, clientId, userId });
        await also?.(transaction);
        return named ?? { name: `users/${userId}`, revision: written.revision };
      },
    });
  };
}

function knownOf(rows: StoredUser[], callerId: bigint, userId: bigint): Known {
  const target = rows.find((row) => row.userId === userId && !row.deleted);
  return {
    caller: acting(rows.find((row) => row.userId === callerId)),
    target,
    otherAdministrators: rows.filter((row) => row.userId !== userId && isAdministrator(row) && !row.blocked)
      .length,
  };
}

async function writeUser(sql: TransactionSql, user: StoredUser): Promise<void> {
  await sql`
    update users set name = ${user.name}, system_role = ${user.systemRole}, mapping_level = ${user.mappingLevel},
      languages = ${user.languages}::text[], description = ${user.description}, blocked = ${user.blocked},
      block_time = ${user.blockTime}, block_actor = ${user.blockActor}, block_reason = ${user.blockReason},
      deleted = ${user.deleted}, token_version = ${user.tokenVersion}, revision = ${user.revision}
    where user_id = ${user.userId}`;
}
