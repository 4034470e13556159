import { AuthEventKind } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import { ServiceAccountService } from "@tessera/contracts/tessera/auth/v1/service_account_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import type { Deps } from "../deps.ts";
import { notAdministrator } from "../users/refusals.ts";
import { isAdministrator } from "../users/store.ts";
import { readPublicKey } from "./public-key.ts";
import { clientIdTaken } from "./refusals.ts";
import { refuseServicesOnly } from "./service-account.ts";
import { SERVICE_ACCOUNTS } from "./service-account-document.ts";
import { appendAccountEvent, insertAccount, insertPublicKey } from "./store.ts";

/** Implements tessera.auth.v1.ServiceAccountService.CreateServiceAccount. */
export const createServiceAccount = ({ store }: Deps) =>
  command(ServiceAccountService.method.createServiceAccount, async (request, attempt) => {
    const { clientId, description, scopes, mayAct, jwk } = request;
    await store.replayIfDone(attempt);
    return store.write(attempt, async (tx) => {
      const { caller } = attempt;
      if (!(await isAdministrator(tx, caller))) throw notAdministrator();
      refuseServicesOnly(scopes);
      const key = jwk === undefined ? undefined : await readPublicKey(jwk);
      const account = { clientId, description, scopes, mayAct, isDeployed: false };
      const userId = await insertAccount(tx, account);
      if (userId === undefined) throw clientIdTaken(clientId);
      const revision = key === undefined ? 1n : await insertPublicKey(tx, userId, key);
      const kind = AuthEventKind.SERVICE_ACCOUNT_CREATED;
      await appendAccountEvent(tx, kind, { userId, clientId }, caller, { scopes, mayAct });
      return { name: `${SERVICE_ACCOUNTS}${userId}`, revision };
    });
  });
