import { EventKind } from "@tessera/contracts/tessera/auth/v1/event_pb.ts";
import { ServiceAccountService } from "@tessera/contracts/tessera/auth/v1/service_account_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import type { Deps } from "../deps.ts";
import { isAdministrator } from "../users/is-administrator.ts";
import { notAdministrator } from "../users/refusals.ts";
import { readPublicKey } from "./public-key.ts";
import { changeable, refuseBeyondLimit } from "./service-account.ts";
import { SERVICE_ACCOUNTS } from "./service-account-document.ts";
import { appendAccountEvent, holdAccount, insertPublicKey } from "./store.ts";

/** Implements tessera.auth.v1.ServiceAccountService.AddPublicKey. */
export const addPublicKey = ({ store }: Deps) =>
  command(ServiceAccountService.method.addPublicKey, async ({ userId, jwk }, attempt) => {
    await store.replayIfDone(attempt);
    return store.write(attempt, async (tx) => {
      const { caller } = attempt;
      if (!(await isAdministrator(tx, caller))) throw notAdministrator();
      const account = changeable(await holdAccount(tx, userId), userId);
      const key = await readPublicKey(jwk);
      const { kid } = key;
      refuseBeyondLimit(account, kid);
      const revision = await insertPublicKey(tx, userId, key);
      await appendAccountEvent(tx, EventKind.PUBLIC_KEY_ADDED, account, caller, { kid });
      return { name: `${SERVICE_ACCOUNTS}${userId}`, revision, response: { kid } };
    });
  });
