import { OrganisationService } from "@tessera/contracts/tessera/auth/v1/organisation_service_pb.ts";
import { field } from "../forms/field.ts";
import { type Command, form } from "../forms/form.ts";
import { day } from "../html/formats.ts";
import { type Content, html } from "../html/html.ts";
import { readNames } from "../people/names.ts";
import type { Visit } from "../visits/visit.ts";
import { ORGANISATION_TEXTS } from "./texts.ts";

/** No organisation has more. */
const MANAGERS_MAX = 100;

/** The managers of an organisation, with the forms that add and remove one for those who may. */
export async function managersPart(visit: Visit, organisationId: number, manages: boolean): Promise<Content> {
  const { ask, language, person } = visit;
  const t = ORGANISATION_TEXTS(language);
  if (person === undefined)
    return html`<section><h2>${t.managers}</h2><p>${t.signInForManagers}</p></section>`;
  const { managers } = await ask(OrganisationService.method.listOrganisationManagers, {
    organisationId,
    pageSize: MANAGERS_MAX,
  });
  const { nameOf, textOf } = await readNames(
    visit,
    managers.map(({ userId }) => userId),
  );
  const action = `/v1/organisations/${organisationId}/managers`;
  const rows = managers.map(({ userId, createTime }) => {
    const remove: Command = {
      method: "DELETE",
      action: `${action}/${userId}`,
      submit: t.remove,
      quiet: true,
      about: textOf(userId),
    };
    return html`<tr><th scope="row">${nameOf(userId)}</th><td>${day(language, createTime)}</td>${manages ? html`<td>${form(visit, remove)}</td>` : ""}</tr>`;
  });
  const table = html`<div class="table" tabindex="0" role="region" aria-label="${t.managers}"><table><caption class="unseen">${t.managers}</caption><thead><tr><th scope="col">${t.person}</th><th scope="col">${t.since}</th>${manages ? html`<th scope="col">${t.remove}</th>` : ""}</tr></thead><tbody>${rows}</tbody></table></div>`;
  const add: Command = { method: "POST", action, submit: t.add };
  const named = { name: "user_id", label: t.addManager, help: t.addHelp, required: true };
  return html`<section><h2>${t.managers}</h2><p class="help">${t.managersHelp}</p>${table}${manages ? form(visit, add, field(visit, add, named)) : ""}</section>`;
}
