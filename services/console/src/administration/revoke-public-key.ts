import { ServiceAccountService } from "@tessera/contracts/tessera/auth/v1/service_account_service_pb.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";

/** Revokes a public key of a service account. */
export async function revokePublicKey({ ask, form, params }: Visit): Promise<Done> {
  const userId = BigInt(params.user_id ?? "0");
  await ask(ServiceAccountService.method.revokePublicKey, {
    requestId: form.text("_request_id"),
    userId,
    kid: params.kid ?? "",
  });
  return { see: `/v1/service-accounts/${userId}`, notice: "keyRevoked" };
}
