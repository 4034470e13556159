import { EventKind } from "@tessera/contracts/tessera/auth/v1/event_pb.ts";
import { ServiceAccountService } from "@tessera/contracts/tessera/auth/v1/service_account_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import type { Deps } from "../deps.ts";
import { isAdministrator } from "../users/is-administrator.ts";
import { notAdministrator } from "../users/refusals.ts";
import { changeable, refuseOutdated, refuseServicesOnly } from "./service-account.ts";
import { SERVICE_ACCOUNTS } from "./service-account-document.ts";
import { appendAccountEvent, holdAccount, writeAccount } from "./store.ts";

/** Implements tessera.auth.v1.ServiceAccountService.ChangeServiceAccount. */
export const changeServiceAccount = ({ store }: Deps) =>
  command(ServiceAccountService.method.changeServiceAccount, async (request, attempt) => {
    const { userId, description, scopes, mayAct, expectedRevision } = request;
    await store.replayIfDone(attempt);
    return store.write(attempt, async (tx) => {
      const { caller } = attempt;
      if (!(await isAdministrator(tx, caller))) throw notAdministrator();
      const account = changeable(await holdAccount(tx, userId), userId);
      refuseOutdated(account, expectedRevision);
      refuseServicesOnly(scopes);
      const revision = await writeAccount(tx, { userId, description, scopes, mayAct });
      const kind = EventKind.SERVICE_ACCOUNT_CHANGED;
      await appendAccountEvent(tx, kind, account, caller, { scopes, mayAct });
      return { name: `${SERVICE_ACCOUNTS}${userId}`, revision };
    });
  });
