import { hash, timingSafeEqual } from "node:crypto";
import { AuthEventKind } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import type { Deps } from "../deps.ts";
import { appendEvent } from "../event-store.ts";
import { isMarkedSecret } from "../mark.ts";
import { oauthFault } from "../oauth-http/oauth-fault.ts";
import { CODE } from "../oauth-http/presented.ts";
import { type Granted, openSession } from "../sessions/grant.ts";
import { revokeSession } from "../sessions/store.ts";
import { digest } from "./authorize.ts";
import { type PresentedCode, presentCode, rememberSession } from "./store.ts";

/** A code as a client presents it. */
export interface CodeGrant {
  code: string;
  clientId: string;
  redirectUri: string;
  /** Of PKCE (RFC 7636). */
  verifier: string;
}

const VERIFIER = /^[A-Za-z0-9._~-]{43,128}$/;

/**
 * Opens the session that a code stands for. A code can be tried once, right or wrong; presenting it again ends the
 * session that it made, as one of the two callers has stolen it (RFC 6749, 4.1.2). Throws invalid_grant; refuses
 * USER_BLOCKED.
 */
export async function exchangeCode(deps: Deps, grant: CodeGrant): Promise<Granted> {
  const codeHash = digest(grant.code);
  if (!isMarkedSecret(deps.tokenKey, CODE, grant.code)) throw invalidGrant();
  const granted = await deps.store.begin(async (tx) => {
    const code = await presentCode(tx, codeHash);
    if (code === undefined) return undefined;
    const { userId, clientId, sessionId, now, scopes } = code;
    if (code.state === "used" && sessionId !== null) {
      await revokeSession(tx, sessionId);
      const details = { session_id: sessionId };
      await appendEvent(tx, {
        kind: AuthEventKind.AUTHORIZATION_CODE_REUSED,
        actor: 0n,
        clientId,
        userId,
        details,
      });
    }
    if (code.state !== "fresh" || !isMeant(code, grant)) return undefined;
    const opened = await openSession(deps, tx, { userId, clientId, scopes, now });
    await rememberSession(tx, codeHash, opened.sessionId);
    const details = { session_id: opened.sessionId };
    await appendEvent(tx, { kind: AuthEventKind.SESSION_OPENED, actor: userId, clientId, userId, details });
    return opened;
  });
  if (granted === undefined) throw invalidGrant();
  return granted;
}

function invalidGrant() {
  return oauthFault("invalid_grant", "the code is invalid or no longer valid");
}

function isMeant(code: PresentedCode, { clientId, redirectUri, verifier }: CodeGrant): boolean {
  const challenge = hash("sha256", verifier, "base64url");
  return (
    code.clientId === clientId &&
    code.redirectUri === redirectUri &&
    VERIFIER.test(verifier) &&
    timingSafeEqual(Buffer.from(challenge), Buffer.from(code.codeChallenge))
  );
}
