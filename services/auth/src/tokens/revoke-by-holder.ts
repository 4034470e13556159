import { createHash } from "node:crypto";
import { AuthEventKind } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import type { TransactionSql } from "@tessera/postgres/pool.ts";
import { appendEvent } from "../event-store.ts";
import { holdSession, revokeSession } from "../sessions/store.ts";
import type { TokenState } from "./token-state.ts";

/** The session of a token after its revocation. */
export interface RevokedToken {
  /** One that does not exist, where nothing was done: the answer gives nothing away. */
  sessionId: string;
  revision: bigint;
}

/**
 * Revokes the session of a token that its holder gives up (RFC 7009). Nothing is done about a token by which a service acts:
 * that is not the person's to lose.
 */
export async function revokeByHolder(
  tx: TransactionSql,
  token: string,
  state: TokenState,
): Promise<RevokedToken> {
  if (state.actors.length > 0) return { sessionId: madeUp(token), revision: 1n };
  const { sessionId, userId, clientId } = state;
  const session = await holdSession(tx, sessionId);
  if (session?.revokeTime === null) {
    const details = { session_id: sessionId };
    await appendEvent(tx, { kind: AuthEventKind.SESSION_REVOKED, actor: userId, clientId, userId, details });
  }
  return { sessionId, revision: await revokeSession(tx, sessionId) };
}

/** A session id that belongs to nobody, the same for the same text. */
export function madeUp(text: string): string {
  const hex = createHash("sha256").update(`no token: ${text}`).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
