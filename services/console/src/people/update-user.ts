import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";

/** Changes the person's own profile. */
export async function updateUser({ ask, form, params }: Visit): Promise<Done> {
  const languages = form
    .text("user.languages")
    .split(/[\s,;]+/)
    .filter((it) => it !== "");
  await ask(UserService.method.updateUser, {
    requestId: form.text("_request_id"),
    user: { userId: BigInt(params.user_id ?? "0"), languages, description: form.text("user.description") },
    updateMask: { paths: ["languages", "description"] },
    expectedRevision: form.bigint("_revision") ?? 0n,
  });
  return { see: "/v1/users/me", notice: "settingsSaved" };
}
