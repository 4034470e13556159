import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";

/** Blocks somebody, with a reason. */
export async function blockUser({ ask, form, params }: Visit): Promise<Done> {
  const userId = BigInt(params.user_id ?? "0");
  await ask(UserService.method.blockUser, {
    requestId: form.text("_request_id"),
    userId,
    reason: form.text("reason"),
  });
  return { see: `/v1/users/${userId}`, notice: "personBlocked" };
}
