import type { TransactionSql } from "@tessera/postgres/pool.ts";
import type { Deps } from "../deps.ts";
import { type Granted, openSession } from "../sessions/grant.ts";
import { grantedScopes } from "../sessions/granted-scopes.ts";
import { timeOf } from "../users/store.ts";
import { proveService } from "./prove-service.ts";

/** A service that asks for a token of its own. */
export interface ServiceAsking {
  assertion: string;
  /** None for all that the account may. */
  scopes: readonly string[];
  now: Date;
}

/**
 * Gives a service account a token of its own (RFC 7523; the client credentials grant). Refuses ASSERTION_INVALID,
 * USER_BLOCKED, ASSERTION_REUSED and SCOPE_NOT_ALLOWED.
 */
export async function grantToService(
  deps: Deps,
  tx: TransactionSql,
  { assertion, scopes, now }: ServiceAsking,
): Promise<Granted> {
  const account = await proveService(deps, tx, assertion, now);
  const { userId, clientId } = account;
  const granted = grantedScopes(scopes, account.scopes);
  return openSession(deps, tx, { userId, clientId, scopes: granted, now, isRefreshable: false });
}

/** The same in a transaction of its own. */
export function serviceGrant(deps: Deps, asking: Omit<ServiceAsking, "now">): Promise<Granted> {
  return deps.store.begin(async (tx) => grantToService(deps, tx, { ...asking, now: await timeOf(tx) }));
}
