import { LicenceService } from "@tessera/contracts/tessera/project/v1/licence_service_pb.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { typedLicence } from "./licence-fields.ts";

/** Makes a licence. */
export async function createLicence({ ask, form }: Visit): Promise<Done> {
  const { acknowledgement } = await ask(LicenceService.method.createLicence, {
    requestId: form.text("_request_id"),
    licence: typedLicence(form),
  });
  return { see: `/v1/${acknowledgement?.name}`, notice: "created" };
}
