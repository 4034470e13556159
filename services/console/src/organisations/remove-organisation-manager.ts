import { OrganisationService } from "@tessera/contracts/tessera/auth/v1/organisation_service_pb.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";

/** Takes the management of an organisation from a person. */
export async function removeOrganisationManager({ ask, form, params }: Visit): Promise<Done> {
  const organisationId = Number(params.organisation_id);
  await ask(OrganisationService.method.removeOrganisationManager, {
    requestId: form.text("_request_id"),
    organisationId,
    userId: BigInt(params.user_id ?? "0"),
  });
  return { see: `/v1/organisations/${organisationId}`, notice: "managerRemoved" };
}
