import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";

/** Unblocks somebody. */
export async function unblockUser({ ask, form, params }: Visit): Promise<Done> {
  const userId = BigInt(params.user_id ?? "0");
  await ask(UserService.method.unblockUser, { requestId: form.text("_request_id"), userId });
  return { see: `/v1/users/${userId}`, notice: "personUnblocked" };
}
