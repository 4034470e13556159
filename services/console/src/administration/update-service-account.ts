import { ServiceAccountService } from "@tessera/contracts/tessera/auth/v1/service_account_service_pb.ts";
import { takesMine } from "../forms/both-versions.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { typedServiceAccount } from "./service-account-fields.ts";

const PATHS = ["description", "scopes", "may_act"] as const;

/** Changes what a service account is for and what its tokens may do. */
export async function updateServiceAccount({ ask, form, params }: Visit): Promise<Done> {
  const userId = BigInt(params.user_id ?? "0");
  const paths = PATHS.filter((path) => takesMine(form, `service_account.${path}`));
  const see = `/v1/service-accounts/${userId}`;
  // The reader chose what somebody else had saved, in every field.
  if (paths.length === 0) return { see };
  await ask(ServiceAccountService.method.updateServiceAccount, {
    requestId: form.text("_request_id"),
    serviceAccount: { userId, ...typedServiceAccount(form, "service_account.") },
    updateMask: { paths },
    expectedRevision: form.bigint("_revision") ?? 0n,
  });
  return { see, notice: "settingsSaved" };
}
