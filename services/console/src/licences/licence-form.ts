import type { Licence } from "@tessera/contracts/tessera/project/v1/licence_pb.ts";
import { form } from "../forms/form.ts";
import { type Content, type Html, html } from "../html/html.ts";
import { markdown } from "../html/markdown.ts";
import type { Visit } from "../visits/visit.ts";
import { LICENCE_TEXTS } from "./texts.ts";

/** A licence to read and to accept. It leads back to `next`. */
export function licenceForm(visit: Visit, licence: Licence, next: string): Html {
  return html`<div class="licence"><h3 dir="auto">${licence.name}</h3>${licenceText(licence)}${acceptForm(visit, licence, next)}</div>`;
}

/** What a licence is for, and its text. */
export function licenceText({ name, description, plainText }: Licence): Content {
  return html`${markdown(description ?? "")}<div class="terms" tabindex="0" role="region" aria-label="${name}" dir="auto">${plainText}</div>`;
}

/** The form that accepts a licence. */
export function acceptForm(visit: Visit, { licenceId }: Licence, next: string): Content {
  const accept = {
    method: "PUT",
    action: `/v1/licences/${licenceId}/acceptance`,
    submit: LICENCE_TEXTS(visit.language).accept,
  } as const;
  return form(visit, accept, html`<input type="hidden" name="next" value="${next}">`);
}
