import type { Licence } from "@tessera/contracts/tessera/project/v1/licence_pb.ts";
import { form } from "../forms/form.ts";
import { type Html, html } from "../html/html.ts";
import { markdown } from "../html/markdown.ts";
import type { Visit } from "../visits/visit.ts";
import { REFUSAL_TEXTS } from "./refusal-texts.ts";

/** A licence to read and to accept. It leads back to `next`. */
export function licenceForm(
  visit: Visit,
  { licenceId, name, description, plainText }: Licence,
  next: string,
): Html {
  const accept = {
    method: "PUT",
    action: `/v1/licences/${licenceId}/acceptance`,
    submit: REFUSAL_TEXTS(visit.language).acceptLicence,
  } as const;
  return html`<div class="licence"><h2 dir="auto">${name}</h2>${markdown(description ?? "")}
<div class="terms" tabindex="0" role="region" aria-label="${name}" dir="auto">${plainText}</div>
${form(visit, accept, html`<input type="hidden" name="next" value="${next}">`)}</div>`;
}
