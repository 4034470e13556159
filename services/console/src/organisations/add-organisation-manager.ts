import { OrganisationService } from "@tessera/contracts/tessera/auth/v1/organisation_service_pb.ts";
import { personNamed } from "../people/person-named.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";

/** Makes a person, whose name or number was typed, a manager of an organisation. */
export async function addOrganisationManager(visit: Visit): Promise<Done> {
  const { ask, form, params } = visit;
  const organisationId = Number(params.organisation_id);
  await ask(OrganisationService.method.addOrganisationManager, {
    requestId: form.text("_request_id"),
    organisationId,
    userId: await personNamed(visit, "user_id"),
  });
  return { see: `/v1/organisations/${organisationId}`, notice: "managerAdded" };
}
