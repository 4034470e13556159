import type { EventKind } from "@tessera/contracts/tessera/auth/v1/event_pb.ts";
import type { TransactionSql } from "@tessera/postgres/pool.ts";
import type { Caller } from "@tessera/rpc/caller.ts";
import { appendEvent } from "../events/append-event.ts";
import { serviceAccountNotFound } from "../service-accounts/refusals.ts";
import { refuseDeployed } from "../service-accounts/service-account.ts";
import { type AccountWithKeys, holdAccount } from "../service-accounts/store.ts";
import { isAdministrator } from "./is-administrator.ts";
import { notAdministrator } from "./refusals.ts";

/**
 * Reads the account that an administrator is to change, and holds it. Refuses NOT_ADMINISTRATOR, SERVICE_ACCOUNT_NOT_FOUND
 * and SERVICE_ACCOUNT_DEPLOYED.
 */
export async function accountToChange(
  tx: TransactionSql,
  caller: Caller,
  userId: bigint,
): Promise<AccountWithKeys> {
  if (!(await isAdministrator(tx, caller))) throw notAdministrator();
  const account = await holdAccount(tx, userId);
  if (account === undefined || account.deleteTime !== null) throw serviceAccountNotFound(userId);
  refuseDeployed(account);
  return account;
}

/** Refuses SERVICE_ACCOUNT_DEPLOYED of a user who is a service of this deployment: only the settings change it. */
export async function refuseDeployedUser(tx: TransactionSql, userId: bigint): Promise<void> {
  const account = await holdAccount(tx, userId);
  if (account !== undefined && account.deleteTime === null) refuseDeployed(account);
}

/** Writes down what an administrator did to an account. */
export async function tellOfAccount(
  tx: TransactionSql,
  caller: Caller,
  kind: EventKind,
  {
    userId,
    ...details
  }: { userId: bigint; clientId: string; kid?: string; scopes?: readonly string[]; mayAct?: boolean },
): Promise<void> {
  const { clientId, kid, scopes, mayAct } = details;
  await appendEvent(tx, {
    kind,
    actor: caller.userId,
    clientId: caller.clientId,
    userId,
    details: {
      client_id: clientId,
      ...(kid !== undefined && { kid }),
      ...(scopes !== undefined && { scopes: scopes.join(" ") }),
      ...(mayAct !== undefined && { may_act: String(mayAct) }),
    },
  });
}
