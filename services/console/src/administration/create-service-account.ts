import { ServiceAccountService } from "@tessera/contracts/tessera/auth/v1/service_account_service_pb.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { typedServiceAccount } from "./service-account-fields.ts";

/** Makes the identity of a program. */
export async function createServiceAccount({ ask, form }: Visit): Promise<Done> {
  const { acknowledgement } = await ask(ServiceAccountService.method.createServiceAccount, {
    requestId: form.text("_request_id"),
    clientId: form.text("client_id"),
    ...typedServiceAccount(form, ""),
    jwk: form.optional("jwk"),
  });
  return { see: `/v1/${acknowledgement?.name}`, notice: "created" };
}
