import { EventKind } from "@tessera/contracts/tessera/auth/v1/event_pb.ts";
import { ServiceAccountService } from "@tessera/contracts/tessera/auth/v1/service_account_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import type { Deps } from "../deps.ts";
import { isAdministrator } from "../users/is-administrator.ts";
import { notAdministrator } from "../users/refusals.ts";
import { changeable, refuseUnknownKey } from "./service-account.ts";
import { SERVICE_ACCOUNTS } from "./service-account-document.ts";
import { appendAccountEvent, deletePublicKey, holdAccount } from "./store.ts";

/** Implements tessera.auth.v1.ServiceAccountService.RemovePublicKey. */
export const removePublicKey = ({ store }: Deps) =>
  command(ServiceAccountService.method.removePublicKey, async ({ userId, kid }, attempt) => {
    await store.replayIfDone(attempt);
    return store.write(attempt, async (tx) => {
      const { caller } = attempt;
      if (!(await isAdministrator(tx, caller))) throw notAdministrator();
      const account = changeable(await holdAccount(tx, userId), userId);
      refuseUnknownKey(account, kid);
      const revision = await deletePublicKey(tx, userId, kid);
      await appendAccountEvent(tx, EventKind.PUBLIC_KEY_REMOVED, account, caller, { kid });
      return { name: `${SERVICE_ACCOUNTS}${userId}`, revision };
    });
  });
