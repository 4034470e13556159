import type { TransactionSql } from "@tessera/postgres/pool.ts";
import { serviceAccountDeployed } from "./refusals.ts";

/** Refuses SERVICE_ACCOUNT_DEPLOYED of a user who is a service of this deployment: only the settings change it. */
export async function refuseDeployedUser(tx: TransactionSql, userId: bigint): Promise<void> {
  const [account] = await tx<{ isDeployed: boolean }[]>`
    select is_deployed as "isDeployed" from service_accounts
    where user_id = ${userId} and delete_time is null
    for update`;
  if (account?.isDeployed) throw serviceAccountDeployed(userId);
}
