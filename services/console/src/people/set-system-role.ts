import { type SystemRole, SystemRoleSchema } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import { takesMine } from "../forms/both-versions.ts";
import { enumValue } from "../visits/enum-value.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";

/** Sets what somebody may do in the whole system. */
export async function setSystemRole({ ask, form, params }: Visit): Promise<Done> {
  const userId = BigInt(params.user_id ?? "0");
  const see = `/v1/users/${userId}`;
  // The reader chose what somebody else had set.
  if (!takesMine(form, "system_role")) return { see };
  await ask(UserService.method.setSystemRole, {
    requestId: form.text("_request_id"),
    userId,
    systemRole: enumValue<SystemRole>(SystemRoleSchema, form.text("system_role")),
    expectedRevision: form.bigint("_revision") ?? 0n,
  });
  return { see, notice: "settingsSaved" };
}
