import { EventKind } from "@tessera/contracts/tessera/auth/v1/event_pb.ts";
import { Refusal } from "@tessera/rpc/refusal.ts";
import type { Deps } from "../deps.ts";
import { isGenuine, readRefreshToken } from "../refresh-token.ts";
import { appendEvent } from "../store/append-event.ts";
import { endSession, holdSession } from "../store/session-store.ts";
import type { Answer } from "./answer.ts";
import { callingClient } from "./calling-client.ts";
import type { HttpAsk } from "./http-ask.ts";
import { oauthFault } from "./oauth-fault.ts";
import type { SignInDeps } from "./sign-in-deps.ts";

const DONE: Answer = { status: 200, headers: { "cache-control": "no-store", pragma: "no-cache" }, body: "" };

/**
 * POST /oauth2/revoke (RFC 7009): ends the session of a token, whichever of its tokens it is. A token that is none of ours,
 * or not any more, is taken back already.
 */
export async function revoke(it: SignInDeps, ask: HttpAsk): Promise<Answer> {
  const { form, clientId } = await callingClient(it, ask);
  const token = form.get("token");
  if (token === undefined) throw oauthFault("invalid_request", "token is missing");
  const session = (await ofRefreshToken(it.deps, token)) ?? (await ofAccessToken(it, token));
  if (session === undefined) return DONE;
  if (session.clientId !== clientId) throw oauthFault("unauthorized_client", "the token is another client's");
  await end(it.deps, session);
  return DONE;
}

interface Ended {
  sessionId: string;
  clientId: string;
}

async function ofRefreshToken({ store, tokenKey }: Deps, token: string): Promise<Ended | undefined> {
  const read = readRefreshToken(token);
  const session = read && (await store.sessions.find(read.sessionId));
  if (!read || !session?.refreshSalt || !isGenuine(tokenKey, read, session.refreshSalt)) return undefined;
  return session;
}

async function ofAccessToken({ verify }: SignInDeps, token: string): Promise<Ended | undefined> {
  try {
    const { sessionId, clientId, actor } = await verify(token);
    // Its session is the person's, and not the service's that acts for the person.
    if (actor !== "")
      throw oauthFault("unsupported_token_type", "a token of somebody else's session ends by itself");
    return { sessionId, clientId };
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

async function end({ store }: Deps, { sessionId, clientId }: Ended): Promise<void> {
  await store.begin(async (tx) => {
    const session = await holdSession(tx, sessionId);
    if (session === undefined || session.endTime !== null) return;
    await endSession(tx, sessionId);
    const { userId } = session;
    const details = { session_id: sessionId };
    await appendEvent(tx, { kind: EventKind.SESSION_ENDED, actor: userId, clientId, userId, details });
  });
}
