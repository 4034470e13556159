import type { TransactionSql } from "@tessera/postgres/pool.ts";
import { AUDIENCE } from "@tessera/rpc/access-token.ts";
import type { Caller } from "@tessera/rpc/caller.ts";
import { Refusal } from "@tessera/rpc/refusal.ts";
import { decodeJwt } from "jose";
import type { Deps } from "./deps.ts";
import type { Granted } from "./grant.ts";
import { scopesGiven } from "./service-account.ts";
import { actingNotPermitted } from "./service-account-refusals.ts";
import { accessExpiry } from "./session.ts";
import { sessionToken } from "./session-token.ts";
import { shareAccount } from "./store/service-account-store.ts";
import { subjectTokenInvalid } from "./token-refusals.ts";

/** What nobody is acted for with: what is the services' own, and what administrators do themselves. */
const NEVER_GIVEN = ["services", "administration"];

/** The person of a token that a service presents, and for whom the token is; undefined where it is not good. */
export type Subject = { caller: Caller; audience: string } | undefined;

/** A service that asks for a token to act for a person. */
export interface ExchangeAsking {
  /** The user of the service account. */
  actorUserId: bigint;
  subject: Subject;
  /** The one service that is to take the token: "tessera:project". */
  audience: string;
  /** None for all that is possible. */
  scopes: readonly string[];
  now: Date;
}

/** Finds out whose token a service presents. */
export async function subjectOf({ verifyAny }: Pick<Deps, "verifyAny">, token: string): Promise<Subject> {
  try {
    return { caller: await verifyAny(token), audience: String(decodeJwt(token).aud) };
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

/**
 * Gives a service a token with which it acts for a person (RFC 8693): of the person's session, for one service, for no
 * longer than the token that it presents, and for what the service itself may ask for: what the person's token was good
 * for has been decided when the person called, and the person's rights decide what is answered. A token that was made for
 * another service is not good for this. Refuses ACTING_NOT_PERMITTED, SUBJECT_TOKEN_INVALID and SCOPE_NOT_ALLOWED.
 */
export async function grantExchange(
  deps: Deps,
  tx: TransactionSql,
  { actorUserId, subject, audience, scopes, now }: ExchangeAsking,
): Promise<Granted & { actor: string }> {
  const account = await shareAccount(tx, actorUserId);
  if (account === undefined || !account.mayAct || account.deleteTime !== null) throw actingNotPermitted();
  const presenters = [AUDIENCE, `${AUDIENCE}:${account.clientId}`];
  if (subject === undefined || !presenters.includes(subject.audience)) throw subjectTokenInvalid();
  const given = scopesGiven(
    scopes,
    account.scopes.filter((scope) => !NEVER_GIVEN.includes(scope)),
  );
  const soonest = accessExpiry(deps.lifetimes, now);
  const end = new Date(subject.caller.expireTimeMs ?? 0);
  const content = { scopes: given, issueTime: now, expireTime: soonest < end ? soonest : end };
  return exchangeGranted(deps, subject.caller, { ...content, audience, actor: account.clientId });
}

/** What a token says with which a service acts for a person; the same is the same token. */
export async function exchangeGranted(
  { keys, tokenIssuer }: Deps,
  {
    sessionId,
    userId,
    tokenVersion,
    clientId,
  }: Pick<Caller, "sessionId" | "userId" | "tokenVersion" | "clientId">,
  content: { scopes: readonly string[]; issueTime: Date; expireTime: Date; audience: string; actor: string },
): Promise<Granted & { actor: string }> {
  const { scopes, expireTime, actor } = content;
  const accessToken = await sessionToken(
    { ...content, sessionId, userId, tokenVersion, clientId },
    keys,
    tokenIssuer,
  );
  return { accessToken, expireTime, refreshToken: "", scope: scopes.join(" "), sessionId, actor };
}
