import { createHash } from "node:crypto";
import { EventKind } from "@tessera/contracts/tessera/auth/v1/event_pb.ts";
import type { TransactionSql } from "@tessera/postgres/pool.ts";
import type { Deps } from "./deps.ts";
import { appendEvent } from "./store/append-event.ts";
import { endSession, holdSession } from "./store/session-store.ts";
import { type Worth, worthOf } from "./token-worth.ts";

/** What taking a token back comes to. */
export interface TakenBack {
  /** Of what is no good token, one that is not there: the answer gives nothing away. */
  sessionId: string;
  revision: bigint;
}

/**
 * Ends the session of a token that its holder gives up (RFC 7009). Of what is no good token, nothing is done, nor of one by
 * which a service acts: that is not the person's to lose.
 */
export async function takeBack(
  tx: TransactionSql,
  token: string,
  worth: Worth | undefined,
): Promise<TakenBack> {
  if (worth === undefined || worth.actor !== "") return { sessionId: madeUp(token), revision: 1n };
  const { sessionId, userId, clientId } = worth;
  const session = await holdSession(tx, sessionId);
  if (session?.endTime === null) {
    const details = { session_id: sessionId };
    await appendEvent(tx, { kind: EventKind.SESSION_ENDED, actor: userId, clientId, userId, details });
  }
  return { sessionId, revision: await endSession(tx, sessionId) };
}

/** The same by the token, in a transaction of its own. `clientId` is who presents it, where it has to be the token's own. */
export async function takeBackToken(deps: Deps, token: string, clientId?: string): Promise<void> {
  const worth = await worthOf(deps, token);
  if (worth === undefined || (clientId !== undefined && clientId !== worth.clientId)) return;
  await deps.store.begin((tx) => takeBack(tx, token, worth));
}

/** A session id that belongs to nobody, the same for the same text. */
function madeUp(text: string): string {
  const hex = createHash("sha256").update(`no token: ${text}`).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
