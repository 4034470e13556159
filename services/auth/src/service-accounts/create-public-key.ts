import { AuthEventKind } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import { ServiceAccountService } from "@tessera/contracts/tessera/auth/v1/service_account_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import type { Deps } from "../deps.ts";
import { notAdministrator } from "../users/refusals.ts";
import { isAdministrator } from "../users/store.ts";
import { readPublicKey } from "./public-key.ts";
import { changeable, refuseBeyondLimit } from "./service-account.ts";
import { SERVICE_ACCOUNTS } from "./service-account-document.ts";
import { appendAccountEvent, holdAccount, insertPublicKey } from "./store.ts";

/** Implements tessera.auth.v1.ServiceAccountService.CreatePublicKey. */
export const createPublicKey = ({ store }: Deps) =>
  command(ServiceAccountService.method.createPublicKey, async ({ userId, jwk }, attempt) => {
    await store.replayIfDone(attempt);
    return store.write(attempt, async (tx) => {
      const { caller } = attempt;
      if (!(await isAdministrator(tx, caller))) throw notAdministrator();
      const account = changeable(await holdAccount(tx, userId), userId);
      const key = await readPublicKey(jwk);
      const { kid } = key;
      refuseBeyondLimit(account, kid);
      const revision = await insertPublicKey(tx, userId, key);
      await appendAccountEvent(tx, AuthEventKind.PUBLIC_KEY_CREATED, account, caller, { kid });
      return { name: `${SERVICE_ACCOUNTS}${userId}`, revision, response: { kid } };
    });
  });
