import { SERVICES } from "@tessera/contracts/catalogue.ts";
import { AUDIENCE } from "@tessera/identity/access-token.ts";
import type { TransactionSql } from "@tessera/postgres/pool.ts";
import type { Caller } from "@tessera/rpc/caller.ts";
import { Refusal } from "@tessera/rpc/refusal.ts";
import { decodeJwt } from "jose";
import type { Deps } from "../deps.ts";
import { actingNotPermitted } from "../service-accounts/refusals.ts";
import type { StoredServiceAccount } from "../service-accounts/service-account.ts";
import { shareAccount } from "../service-accounts/store.ts";
import { actorsIn } from "../sessions/act-claim.ts";
import type { Granted } from "../sessions/grant.ts";
import { grantedScopes } from "../sessions/granted-scopes.ts";
import { accessExpiry } from "../sessions/session.ts";
import { sessionToken, type TokenContent } from "../sessions/session-token.ts";
import { subjectTokenInvalid } from "./refusals.ts";

/** What an account must be given to act for people, through either door. */
const TO_ACT = "services";
/** What nobody is acted for with: what is the services' own, and what administrators do themselves. */
const NEVER_GRANTED: readonly string[] = [TO_ACT, "administration"];
/** The services of the contracts, by the client ids of their accounts. */
const OWN_SERVICES = new Set(SERVICES.map(({ typeName }) => typeName.split(".")[1]));
/** A token names at most this many services that acted one after another. */
const ACTORS_MAX = 4;

/**
 * The person of a token that a service presents, and the service for which the token is; undefined if it is not
 * valid.
 */
export type Subject = { caller: Caller; audience: string; actors: readonly string[] } | undefined;

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
    const caller = await verifyAny(token);
    const { aud, act } = decodeJwt(token);
    return { caller, audience: String(aud), actors: actorsIn(act) };
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

/**
 * Gives a service a token with which it acts for a person (RFC 8693): of the person's session, for one service, for no
 * longer than the token that it presents, and for the scopes that both have (`actingScopes`). A token that was made for
 * another service is not valid for this. Refuses ACTING_NOT_PERMITTED, SUBJECT_TOKEN_INVALID and SCOPE_NOT_ALLOWED.
 */
export async function grantExchange(
  deps: Deps,
  tx: TransactionSql,
  { actorUserId, subject, audience, scopes, now }: ExchangeAsking,
): Promise<Granted & { actor: string }> {
  const account = await shareAccount(tx, actorUserId);
  if (account === undefined || !account.mayAct || account.deleteTime !== null) throw actingNotPermitted();
  if (!account.scopes.includes(TO_ACT)) throw actingNotPermitted();
  const presenters = [AUDIENCE, `${AUDIENCE}:${account.clientId}`];
  if (subject === undefined || !presenters.includes(subject.audience)) throw subjectTokenInvalid();
  const actors = [account.clientId, ...subject.actors];
  if (actors.length > ACTORS_MAX) throw subjectTokenInvalid();
  const granted = grantedScopes(scopes, actingScopes(account, subject.caller.scopes));
  const soonest = accessExpiry(deps.lifetimes, now);
  const end = new Date(subject.caller.expireTimeMs ?? 0);
  const content = { scopes: granted, issueTime: now, expireTime: soonest < end ? soonest : end };
  return exchangeGranted(deps, subject.caller, { ...content, audience, actors });
}

/**
 * The scopes with which an account may act for the holder of a token: those that both have. The services of the contracts
 * also read what they need to answer the call that the holder's token allowed, such as the holder's own access; they never
 * write more than the holder's token allows.
 */
export function actingScopes(
  { scopes, isDeployed, clientId }: Pick<StoredServiceAccount, "scopes" | "isDeployed" | "clientId">,
  ofSubject: ReadonlySet<string>,
): string[] {
  const isOwn = isDeployed && OWN_SERVICES.has(clientId);
  return scopes.filter(
    (scope) =>
      !NEVER_GRANTED.includes(scope) && (ofSubject.has(scope) || (isOwn && !scope.endsWith(":write"))),
  );
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
  content: Pick<TokenContent, "scopes" | "issueTime" | "expireTime" | "audience"> & {
    actors: readonly string[];
  },
): Promise<Granted & { actor: string }> {
  const { scopes, expireTime, actors } = content;
  const [actor = ""] = actors;
  const accessToken = await sessionToken(
    { ...content, sessionId, userId, tokenVersion, clientId },
    keys,
    tokenIssuer,
  );
  return { accessToken, expireTime, refreshToken: "", scope: scopes.join(" "), sessionId, actor };
}
