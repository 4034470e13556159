import type { Deps } from "../deps.ts";
import { accountOf } from "../service-accounts/store.ts";
import { openSession } from "../sessions/grant.ts";
import { timeOf } from "../users/store.ts";

/** What this service is called among the accounts of its deployment. */
const CLIENT_ID = "auth";
/** A token that expires within this is replaced. */
const MARGIN_MS = 30_000;

/**
 * What this service's own calls carry: a token that it makes for its own account. Nothing where the deployment's
 * settings name no such account: it then gets the answer for everybody. `refused` is an authorization that another
 * service refused: it is replaced.
 */
export function ownHeaders(deps: () => Deps): (refused?: string) => Promise<Record<string, string>> {
  let current: { headers: { authorization: string }; untilMs: number } | undefined;
  return async (refused) => {
    if (refused !== undefined && current?.headers.authorization === refused) current = undefined;
    if (current === undefined || current.untilMs - MARGIN_MS < Date.now()) current = await make(deps());
    return { ...current?.headers };
  };
}

async function make(deps: Deps) {
  const granted = await deps.store.begin(async (tx) => {
    const account = await accountOf(tx, CLIENT_ID);
    if (account === undefined || !account.isDeployed) return undefined;
    const { userId, clientId, scopes } = account;
    const now = await timeOf(tx);
    return openSession(deps, tx, { userId, clientId, scopes, now, isRefreshable: false });
  });
  if (granted === undefined) return undefined;
  const headers = { authorization: `Bearer ${granted.accessToken}` };
  return { headers, untilMs: granted.expireTime.getTime() };
}
