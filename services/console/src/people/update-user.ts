import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import { changedTexts } from "../forms/text-fields.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { profileFields } from "./profile-fields.ts";

/** Changes the person's own profile. */
export async function updateUser({ ask, form, language, params }: Visit): Promise<Done> {
  const see = "/v1/users/me";
  const paths = changedTexts(form, "user", profileFields(language));
  if (paths.length === 0) return { see };
  const languages = form
    .text("user.languages")
    .split(/[\s,;]+/)
    .filter((it) => it !== "");
  await ask(UserService.method.updateUser, {
    requestId: form.text("_request_id"),
    user: { userId: BigInt(params.user_id ?? "0"), languages, description: form.text("user.description") },
    updateMask: { paths },
    expectedRevision: form.bigint("_revision") ?? 0n,
  });
  return { see, notice: "settingsSaved" };
}
