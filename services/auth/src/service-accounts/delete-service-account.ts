import { AuthEventKind } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import { ServiceAccountService } from "@tessera/contracts/tessera/auth/v1/service_account_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import type { Deps } from "../deps.ts";
import { revokeAllTokens } from "../sessions/store.ts";
import { notAdministrator } from "../users/refusals.ts";
import { isAdministrator } from "../users/store.ts";
import { changeable } from "./service-account.ts";
import { SERVICE_ACCOUNTS } from "./service-account-document.ts";
import { appendAccountEvent, deleteAccount, holdAccount } from "./store.ts";

/** Implements tessera.auth.v1.ServiceAccountService.DeleteServiceAccount. */
export const deleteServiceAccount = ({ store }: Deps) =>
  command(ServiceAccountService.method.deleteServiceAccount, async ({ userId }, attempt) => {
    await store.replayIfDone(attempt);
    return store.write(attempt, async (tx) => {
      const { caller } = attempt;
      if (!(await isAdministrator(tx, caller))) throw notAdministrator();
      const account = changeable(await holdAccount(tx, userId), userId);
      await revokeAllTokens(tx, userId);
      const revision = await deleteAccount(tx, userId);
      await appendAccountEvent(tx, AuthEventKind.SERVICE_ACCOUNT_DELETED, account, caller);
      return { name: `${SERVICE_ACCOUNTS}${userId}`, revision };
    });
  });
