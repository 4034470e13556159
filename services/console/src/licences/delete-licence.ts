import { LicenceService } from "@tessera/contracts/tessera/project/v1/licence_service_pb.ts";
import { fieldRefusal } from "../forms/field-refusal.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { LICENCE_TEXTS } from "./texts.ts";

/** Deletes a licence, once that is confirmed. */
export async function deleteLicence({ ask, form, language, params }: Visit): Promise<Done> {
  if (!form.isOn("confirmed")) throw fieldRefusal("confirmed", LICENCE_TEXTS(language).deleteUnconfirmed);
  await ask(LicenceService.method.deleteLicence, {
    requestId: form.text("_request_id"),
    licenceId: Number(params.licence_id),
  });
  return { see: "/v1/licences", notice: "deleted" };
}
