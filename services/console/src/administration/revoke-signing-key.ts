import { SigningKeyService } from "@tessera/contracts/tessera/auth/v1/signing_key_service_pb.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";

/** Revokes a key that signs access tokens. */
export async function revokeSigningKey({ ask, form, params }: Visit): Promise<Done> {
  await ask(SigningKeyService.method.revokeSigningKey, {
    requestId: form.text("_request_id"),
    kid: params.kid ?? "",
  });
  return { see: "/v1/signing-keys", notice: "keyRevoked" };
}
