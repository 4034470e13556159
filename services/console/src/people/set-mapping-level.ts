import { type MappingLevel, MappingLevelSchema } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import { takesMine } from "../forms/both-versions.ts";
import { enumValue } from "../visits/enum-value.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";

/** Sets how experienced somebody is. */
export async function setMappingLevel({ ask, form, params }: Visit): Promise<Done> {
  const userId = BigInt(params.user_id ?? "0");
  const see = `/v1/users/${userId}`;
  // The reader chose what somebody else had set.
  if (!takesMine(form, "mapping_level")) return { see };
  await ask(UserService.method.setMappingLevel, {
    requestId: form.text("_request_id"),
    userId,
    mappingLevel: enumValue<MappingLevel>(MappingLevelSchema, form.text("mapping_level")),
    expectedRevision: form.bigint("_revision") ?? 0n,
  });
  return { see, notice: "settingsSaved" };
}
