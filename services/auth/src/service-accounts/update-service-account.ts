import { AuthEventKind } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import type { ServiceAccount } from "@tessera/contracts/tessera/auth/v1/service_account_pb.ts";
import { ServiceAccountService } from "@tessera/contracts/tessera/auth/v1/service_account_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import type { Deps } from "../deps.ts";
import { notAdministrator } from "../users/refusals.ts";
import { isAdministrator } from "../users/store.ts";
import { changeable, readAccountPatch, refuseOutdated, refuseServicesOnly } from "./service-account.ts";
import { SERVICE_ACCOUNTS } from "./service-account-document.ts";
import { appendAccountEvent, holdAccount, writeAccount } from "./store.ts";

/** Implements tessera.auth.v1.ServiceAccountService.UpdateServiceAccount. */
export const updateServiceAccount = ({ store }: Deps) =>
  command(ServiceAccountService.method.updateServiceAccount, async (request, attempt) => {
    // The contract requires an account.
    const { userId } = request.serviceAccount as ServiceAccount;
    const patch = readAccountPatch(request.serviceAccount as ServiceAccount, request.updateMask?.paths ?? []);
    await store.replayIfDone(attempt);
    return store.write(attempt, async (tx) => {
      const { caller } = attempt;
      if (!(await isAdministrator(tx, caller))) throw notAdministrator();
      const account = changeable(await holdAccount(tx, userId), userId);
      refuseOutdated(account, request.expectedRevision);
      refuseServicesOnly(patch.scopes ?? []);
      const { scopes, mayAct } = { ...account, ...patch };
      const revision = await writeAccount(tx, { ...account, ...patch });
      await appendAccountEvent(tx, AuthEventKind.SERVICE_ACCOUNT_CHANGED, account, caller, {
        scopes,
        mayAct,
      });
      return { name: `${SERVICE_ACCOUNTS}${userId}`, revision };
    });
  });
