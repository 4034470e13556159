import type { TransactionSql } from "@tessera/postgres/pool.ts";
import type { Caller } from "@tessera/rpc/caller.ts";
import { Refusal } from "@tessera/rpc/refusal.ts";
import type { Deps } from "./deps.ts";
import type { Granted } from "./grant.ts";
import { scopesGiven } from "./service-account.ts";
import { actingNotPermitted } from "./service-account-refusals.ts";
import { accessExpiry } from "./session.ts";
import { sessionToken } from "./session-token.ts";
import { shareAccount } from "./store/service-account-store.ts";
import { timeOf } from "./store/time-of.ts";
import { subjectTokenInvalid } from "./token-refusals.ts";

/** What only services may be given: it is theirs, and nobody's on whose behalf they act. */
const SERVICES_ONLY = "services";

/** The person of a token that a service presents; undefined where the token is not good. */
export type Subject = Caller | undefined;

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

/** Finds out whose token a service presents. One that a service acts by already is not good for this. */
export async function subjectOf({ verify }: Pick<Deps, "verify">, token: string): Promise<Subject> {
  try {
    const caller = await verify(token);
    return caller.actor === "" ? caller : undefined;
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

/**
 * Gives a service a token with which it acts for a person (RFC 8693): of the person's session, for one service, for no
 * longer than the person's own token, for what both may. Refuses ACTING_NOT_PERMITTED, SUBJECT_TOKEN_INVALID and
 * SCOPE_NOT_ALLOWED.
 */
export async function grantExchange(
  deps: Deps,
  tx: TransactionSql,
  { actorUserId, subject, audience, scopes, now }: ExchangeAsking,
): Promise<Granted & { actor: string }> {
  const account = await shareAccount(tx, actorUserId);
  if (account === undefined || !account.mayAct || account.deleteTime !== null) throw actingNotPermitted();
  if (subject === undefined) throw subjectTokenInvalid();
  const both = account.scopes.filter((scope) => subject.scopes.has(scope) && scope !== SERVICES_ONLY);
  const given = scopesGiven(scopes, both);
  const soonest = accessExpiry(deps.lifetimes, now);
  const end = new Date(subject.expireTimeMs ?? 0);
  const content = { scopes: given, issueTime: now, expireTime: soonest < end ? soonest : end };
  return exchangeGranted(deps, subject, { ...content, audience, actor: account.clientId });
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

/** The same as `grantExchange` in a transaction of its own, by the tokens. */
export async function exchangeGrant(
  deps: Deps,
  asking: Omit<ExchangeAsking, "now" | "subject"> & { subjectToken: string },
): Promise<Granted> {
  const subject = await subjectOf(deps, asking.subjectToken);
  return deps.store.begin(async (tx) =>
    grantExchange(deps, tx, { ...asking, subject, now: await timeOf(tx) }),
  );
}
