import type { EventKind } from "@tessera/contracts/tessera/auth/v1/event_pb.ts";
import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";

/** What happened, as it is written down in the same transaction. */
export interface Happened {
  kind: EventKind;
  /** 0n for nobody signed in, and for what the service does by itself. */
  actor: bigint;
  clientId?: string;
  userId?: bigint;
  organisationId?: number;
  teamId?: number;
  /** What changed, by field name. Never a secret. */
  details?: Record<string, string>;
}

/** Writes down what happened. Its place in the feed and in the chain follows after the commit. */
export async function appendEvent(sql: Sql | TransactionSql, happened: Happened): Promise<void> {
  const { kind, actor, clientId = "", userId = 0n, organisationId = 0, teamId = 0, details = {} } = happened;
  await sql`
    insert into events (kind, actor, client_id, user_id, organisation_id, team_id, details)
    values (${kind}, ${actor}, ${clientId}, ${userId}, ${organisationId}, ${teamId}, ${sql.json(details)})`;
}
