import { LicenceService } from "@tessera/contracts/tessera/project/v1/licence_service_pb.ts";
import { ownPath } from "../session/same-origin.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";

/** Accepts a licence for the person, who comes back to what they wanted to do. */
export async function acceptLicence({ ask, form, params }: Visit): Promise<Done> {
  const licenceId = Number(params.licence_id);
  await ask(LicenceService.method.acceptLicence, { requestId: form.text("_request_id"), licenceId });
  return { see: ownPath(form.text("next")), notice: "licenceAccepted" };
}
