import { OrganisationService } from "@tessera/contracts/tessera/auth/v1/organisation_service_pb.ts";
import { fieldRefusal } from "../forms/field-refusal.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { ORGANISATION_TEXTS } from "./texts.ts";

/** Deletes an organisation, once that is confirmed. */
export async function deleteOrganisation({ ask, form, language, params }: Visit): Promise<Done> {
  if (!form.isOn("confirmed"))
    throw fieldRefusal("confirmed", ORGANISATION_TEXTS(language).deleteUnconfirmed);
  await ask(OrganisationService.method.deleteOrganisation, {
    requestId: form.text("_request_id"),
    organisationId: Number(params.organisation_id),
  });
  return { see: "/v1/organisations", notice: "deleted" };
}
