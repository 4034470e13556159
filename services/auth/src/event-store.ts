import type { AuthEventKind } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";

/** What happened, as it is recorded in the same transaction. */
export interface Happened {
  kind: AuthEventKind;
  /** The user who did it. 0n if nobody is signed in, and for what the service does by itself. */
  actor: bigint;
  clientId?: string;
  userId?: bigint;
  organisationId?: number;
  teamId?: number;
  /** What changed, by field name. Never a secret. */
  details?: Record<string, string>;
}

/** The author of an event: the user who calls, by the client that the token was made for. */
export function by({ userId, clientId }: { userId: bigint; clientId: string }) {
  return { actor: userId, clientId };
}

/** Records what happened. The event gets its position in the feed and in the chain after the commit. */
export function appendEvent(sql: Sql | TransactionSql, happened: Happened): Promise<void> {
  return appendEvents(sql, [happened]);
}

/** Records what happened, in order, by one statement. */
export async function appendEvents(sql: Sql | TransactionSql, happened: readonly Happened[]): Promise<void> {
  const rows = happened.map((it) => ({
    kind: it.kind,
    actor: it.actor,
    client_id: it.clientId ?? "",
    user_id: it.userId ?? 0n,
    organisation_id: it.organisationId ?? 0,
    team_id: it.teamId ?? 0,
    details: sql.json(it.details ?? {}),
  }));
  await sql`insert into events ${sql(rows as never)}`;
}
