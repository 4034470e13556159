import type { TransactionSql } from "@tessera/postgres/pool.ts";
import type { Deps } from "../deps.ts";
import {
  isValid,
  ownTokenIdIn,
  PERSONAL_CLIENT,
  type StoredPersonalAccessToken,
} from "../personal-access-tokens/personal-access-token.ts";
import { readPersonalAccessToken, touchToken } from "../personal-access-tokens/store.ts";
import type { Granted } from "../sessions/grant.ts";
import { grantedScopes } from "../sessions/granted-scopes.ts";
import { accessExpiry } from "../sessions/session.ts";
import { sessionToken } from "../sessions/session-token.ts";
import { holdUser } from "../sessions/store.ts";
import { timeOf } from "../users/store.ts";
import { holderOf, isOffered } from "../users/token-holder.ts";
import { accessKeyInvalid } from "./refusals.ts";

/** Somebody who presents a personal access token. */
export interface KeyAsking {
  token: string;
  /** None for all scopes of the personal access token. */
  scopes: readonly string[];
  now: Date;
}

/**
 * Makes a short access token of a personal one. Refuses ACCESS_KEY_INVALID, USER_BLOCKED and SCOPE_NOT_ALLOWED.
 */
export async function grantToKey(
  deps: Deps,
  tx: TransactionSql,
  { token, scopes, now }: KeyAsking,
): Promise<Granted> {
  const tokenId = ownTokenIdIn(deps.tokenKey, token);
  const stored = tokenId === undefined ? undefined : await readPersonalAccessToken(tx, tokenId);
  if (stored === undefined || !isValid(stored, token, now)) throw accessKeyInvalid();
  const holder = holderOf(await holdUser(tx, stored.userId));
  if (!isOffered(deps, holder)) throw accessKeyInvalid();
  const { tokenVersion } = holder;
  const granted = grantedScopes(scopes, stored.scopes);
  await touchToken(tx, stored.tokenId);
  const soonest = accessExpiry(deps.lifetimes, now);
  const end = new Date(Math.floor(stored.expireTime.getTime() / 1000) * 1000);
  const expireTime = soonest < end ? soonest : end;
  return keyGranted(deps, stored, { scopes: granted, tokenVersion, issueTime: now, expireTime });
}

/** What an access token of a personal one says; the same is the same token. */
export async function keyGranted(
  { keys, tokenIssuer }: Deps,
  { sessionId, userId }: Pick<StoredPersonalAccessToken, "sessionId" | "userId">,
  content: { scopes: readonly string[]; tokenVersion: number; issueTime: Date; expireTime: Date },
): Promise<Granted> {
  const { scopes, expireTime } = content;
  const accessToken = await sessionToken(
    { ...content, sessionId, userId, clientId: PERSONAL_CLIENT },
    keys,
    tokenIssuer,
  );
  return { accessToken, expireTime, refreshToken: "", scope: scopes.join(" "), sessionId };
}

/** The same as `grantToKey` in a transaction of its own. */
export function keyGrant(deps: Deps, asking: Omit<KeyAsking, "now">): Promise<Granted> {
  if (ownTokenIdIn(deps.tokenKey, asking.token) === undefined) return Promise.reject(accessKeyInvalid());
  return deps.store.begin(async (tx) => grantToKey(deps, tx, { ...asking, now: await timeOf(tx) }));
}
