import { PersonalAccessTokenService } from "@tessera/contracts/tessera/auth/v1/personal_access_token_service_pb.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";

/** Revokes a personal access token. */
export async function revokeToken({ ask, form, params }: Visit): Promise<Done> {
  await ask(PersonalAccessTokenService.method.revokePersonalAccessToken, {
    requestId: form.text("_request_id"),
    tokenId: params.token_id ?? "",
  });
  return { see: "/v1/personal-access-tokens", notice: "tokenRevoked" };
}
