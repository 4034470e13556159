import { AuthEventKind } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import { appendEvent } from "../event-store.ts";
import type { Store } from "../open-store.ts";
import type { DeployedAccount } from "./deployed-account-setting.ts";
import { publicKeyOf } from "./public-key.ts";
import {
  accountOf,
  deletePublicKey,
  insertAccount,
  insertPublicKey,
  retireOthers,
  writeAccount,
} from "./store.ts";

/**
 * Makes the deployment's own services what its settings say. Each has the one key that they name, and one that they name no
 * more has none: it gets no token. Replicas that start at once agree. Throws where a client id belongs to an account that somebody made by hand.
 */
export async function deployAccounts(store: Store, accounts: readonly DeployedAccount[]): Promise<void> {
  await store.begin((tx) =>
    retireOthers(
      tx,
      accounts.map(({ client_id }) => client_id),
    ),
  );
  for (const { client_id: clientId, public_jwk, scopes, may_act: mayAct } of accounts) {
    const key = await publicKeyOf(public_jwk).catch((cause: Error) => {
      throw new Error(`SERVICE_ACCOUNTS has no usable key for ${clientId}: ${cause.message}`, { cause });
    });
    await store.begin(async (tx) => {
      const description = "A service of this deployment";
      const made = { clientId, description, scopes, mayAct, isDeployed: true };
      await insertAccount(tx, made);
      const known = await accountOf(tx, clientId);
      if (known === undefined || !known.isDeployed)
        throw new Error(`SERVICE_ACCOUNTS names ${clientId}, which is an account created by hand`);
      const { userId } = known;
      const keyIsSame = known.keys.length === 1 && known.keys[0]?.kid === key.kid;
      const isSame = known.mayAct === mayAct && JSON.stringify(known.scopes) === JSON.stringify(scopes);
      if (!isSame) await writeAccount(tx, { userId, description, scopes, mayAct });
      await insertPublicKey(tx, userId, key);
      for (const { kid } of known.keys) if (kid !== key.kid) await deletePublicKey(tx, userId, kid);
      if (isSame && keyIsSame) return;
      const details = {
        client_id: clientId,
        scopes: scopes.join(" "),
        may_act: String(mayAct),
        kid: key.kid,
      };
      await appendEvent(tx, { kind: AuthEventKind.SERVICE_ACCOUNT_CHANGED, actor: 0n, userId, details });
    });
  }
}
