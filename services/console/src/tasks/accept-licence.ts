import { LicenceService } from "@tessera/contracts/tessera/project/v1/licence_service_pb.ts";
import { html } from "../html/html.ts";
import { ownPath } from "../session/same-origin.ts";
import type { Done, Page } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { licenceForm } from "./licence-form.ts";

/** Accepts a licence for the person, who comes back to what they wanted to do. */
export async function acceptLicence({ ask, form, params }: Visit): Promise<Done> {
  const licenceId = Number(params.licence_id);
  await ask(LicenceService.method.acceptLicence, { requestId: form.text("_request_id"), licenceId });
  return { see: ownPath(form.text("next")), notice: "licenceAccepted" };
}

/** A licence alone, to accept. */
export async function showLicenceToAccept(visit: Visit): Promise<Page> {
  const licenceId = Number(visit.params.licence_id);
  const { licence } = await visit.ask(LicenceService.method.getLicence, { licenceId });
  if (licence === undefined) throw new Error("the licence came without a document");
  const next = ownPath(visit.refused?.form.text("next") ?? "");
  return { title: licence.name, body: html`${licenceForm(visit, licence, next)}` };
}
