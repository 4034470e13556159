import { LicenceService } from "@tessera/contracts/tessera/project/v1/licence_service_pb.ts";
import { changedTexts } from "../forms/text-fields.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { licenceFields, typedLicence } from "./licence-fields.ts";

/** Changes a licence. */
export async function updateLicence({ ask, form, language, params }: Visit): Promise<Done> {
  const licenceId = Number(params.licence_id);
  const see = `/v1/licences/${licenceId}`;
  const paths = changedTexts(form, "licence", licenceFields(language));
  if (paths.length === 0) return { see };
  await ask(LicenceService.method.updateLicence, {
    requestId: form.text("_request_id"),
    licence: { licenceId, ...typedLicence(form) },
    updateMask: { paths },
    expectedRevision: form.bigint("_revision") ?? 0n,
  });
  return { see, notice: "settingsSaved" };
}
