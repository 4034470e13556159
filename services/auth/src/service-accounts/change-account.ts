import type { EventKind } from "@tessera/contracts/tessera/auth/v1/event_pb.ts";
import type { TransactionSql } from "@tessera/postgres/pool.ts";
import type { Caller } from "@tessera/rpc/caller.ts";
import { appendEvent } from "../append-event.ts";
import { isAdministrator } from "../users/is-administrator.ts";
import { notAdministrator } from "../users/refusals.ts";
import { serviceAccountNotFound } from "./refusals.ts";
import { refuseDeployed } from "./service-account.ts";
import { type AccountWithKeys, holdAccount } from "./store.ts";

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
