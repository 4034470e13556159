import { AuthEventKind } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import { ServiceAccountService } from "@tessera/contracts/tessera/auth/v1/service_account_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import type { Deps } from "../deps.ts";
import { notAdministrator } from "../users/refusals.ts";
import { isAdministrator } from "../users/store.ts";
import { changeable, refuseUnknownKey } from "./service-account.ts";
import { SERVICE_ACCOUNTS } from "./service-account-document.ts";
import { appendAccountEvent, deletePublicKey, holdAccount } from "./store.ts";

/** Implements tessera.auth.v1.ServiceAccountService.RevokePublicKey. */
export const revokePublicKey = ({ store }: Deps) =>
  command(ServiceAccountService.method.revokePublicKey, async ({ userId, kid }, attempt) => {
    await store.replayIfDone(attempt);
    return store.write(attempt, async (tx) => {
      const { caller } = attempt;
      if (!(await isAdministrator(tx, caller))) throw notAdministrator();
      const account = changeable(await holdAccount(tx, userId), userId);
      refuseUnknownKey(account, kid);
      const revision = await deletePublicKey(tx, userId, kid);
      await appendAccountEvent(tx, AuthEventKind.PUBLIC_KEY_REVOKED, account, caller, { kid });
      return { name: `${SERVICE_ACCOUNTS}${userId}`, revision };
    });
  });
