import type { Licence } from "@tessera/contracts/tessera/project/v1/licence_pb.ts";
import { LicenceService } from "@tessera/contracts/tessera/project/v1/licence_service_pb.ts";
import { Refusal } from "@tessera/rpc/refusal.ts";
import { checkBox } from "../forms/field.ts";
import { type Command, form, refusalAt } from "../forms/form.ts";
import { textForm } from "../forms/text-fields.ts";
import { day } from "../html/formats.ts";
import { attributes, type Content, html } from "../html/html.ts";
import { ownPath } from "../session/same-origin.ts";
import type { Page } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { licenceFields } from "./licence-fields.ts";
import { acceptForm, licenceText } from "./licence-form.ts";
import { LICENCE_TEXTS } from "./texts.ts";

/** One licence: its text, whether the reader accepted it, and what administrators change. */
export async function showLicence(visit: Visit): Promise<Page> {
  const { ask, language, params, person } = visit;
  const t = LICENCE_TEXTS(language);
  const licenceId = Number(params.licence_id);
  const [{ licence }, acceptance] = await Promise.all([
    ask(LicenceService.method.getLicence, { licenceId }),
    acceptancePart(visit, licenceId),
  ]);
  if (licence === undefined) throw new Error("a licence without a document");
  const path = `/v1/licences/${licenceId}`;
  const next = ownPath(visit.refused?.form.optional("next") ?? path);
  const body = html`<h1 dir="auto">${licence.name}</h1>${licenceText(licence)}${acceptance ?? acceptForm(visit, licence, next)}
<p class="help">${t.projects}</p>${person?.isAdministrator ? changePart(visit, licence, path) : ""}`;
  return { title: licence.name, body, trail: [{ href: "/v1/licences", name: t.title }] };
}

/** When the reader accepted the licence, or how to sign in for that; undefined for a reader who may accept it. */
async function acceptancePart(visit: Visit, licenceId: number): Promise<Content> {
  const { ask, language, path, person } = visit;
  const t = LICENCE_TEXTS(language);
  if (person === undefined)
    return html`<p><a class="button" href="/console/sign-in?next=${encodeURIComponent(path)}">${t.signIn}</a></p>`;
  try {
    const { acceptance } = await ask(LicenceService.method.getLicenceAcceptance, { licenceId });
    return html`<p class="notice">${t.accepted} ${day(language, acceptance?.acceptTime)}.</p>`;
  } catch (error) {
    if (error instanceof Refusal && error.reason.name === "LICENCE_ACCEPTANCE_NOT_FOUND") return undefined;
    throw error;
  }
}

function changePart(visit: Visit, licence: Licence, action: string): Content {
  const t = LICENCE_TEXTS(visit.language);
  const change: Command = { method: "PATCH", action, submit: t.save, revision: licence.revision };
  const remove: Command = { method: "DELETE", action, submit: t.delete, danger: true };
  const isOpen = [change, remove].some((it) => refusalAt(visit, it) !== undefined);
  const now = { name: licence.name, description: licence.description, plain_text: licence.plainText };
  const fields = licenceFields(visit.language);
  return html`<details class="more"${attributes({ open: isOpen })}><summary>${t.edit}</summary>${textForm(visit, change, { at: "licence", fields, now })}
<h2>${t.delete}</h2><p>${t.deleteHelp}</p>${form(visit, remove, checkBox(visit, remove, { name: "confirmed", label: t.deleteConfirm, isOn: false }))}</details>`;
}
