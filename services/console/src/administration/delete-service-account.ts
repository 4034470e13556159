import { ServiceAccountService } from "@tessera/contracts/tessera/auth/v1/service_account_service_pb.ts";
import { fieldRefusal } from "../forms/field-refusal.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { SERVICE_ACCOUNT_TEXTS } from "./service-account-texts.ts";

/** Deletes the identity of a program, once that is confirmed. */
export async function deleteServiceAccount({ ask, form, language, params }: Visit): Promise<Done> {
  if (!form.isOn("confirmed"))
    throw fieldRefusal("confirmed", SERVICE_ACCOUNT_TEXTS(language).deleteUnconfirmed);
  await ask(ServiceAccountService.method.deleteServiceAccount, {
    requestId: form.text("_request_id"),
    userId: BigInt(params.user_id ?? "0"),
  });
  return { see: "/v1/service-accounts", notice: "deleted" };
}
