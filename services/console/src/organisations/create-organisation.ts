import { OrganisationService } from "@tessera/contracts/tessera/auth/v1/organisation_service_pb.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { typedOrganisation } from "./organisation-fields.ts";

/** Makes an organisation, whose first manager the person is. */
export async function createOrganisation({ ask, form }: Visit): Promise<Done> {
  const { acknowledgement } = await ask(OrganisationService.method.createOrganisation, {
    requestId: form.text("_request_id"),
    organisation: typedOrganisation(form),
  });
  return { see: `/v1/${acknowledgement?.name}`, notice: "created" };
}
