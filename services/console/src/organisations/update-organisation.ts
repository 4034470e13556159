import { OrganisationService } from "@tessera/contracts/tessera/auth/v1/organisation_service_pb.ts";
import { changedTexts } from "../forms/text-fields.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { organisationFields, typedOrganisation } from "./organisation-fields.ts";

/** Changes an organisation. */
export async function updateOrganisation({ ask, form, language, params }: Visit): Promise<Done> {
  const organisationId = Number(params.organisation_id);
  const see = `/v1/organisations/${organisationId}`;
  const paths = changedTexts(form, "organisation", organisationFields(language));
  if (paths.length === 0) return { see };
  await ask(OrganisationService.method.updateOrganisation, {
    requestId: form.text("_request_id"),
    organisation: { organisationId, ...typedOrganisation(form) },
    updateMask: { paths },
    expectedRevision: form.bigint("_revision") ?? 0n,
  });
  return { see, notice: "settingsSaved" };
}
