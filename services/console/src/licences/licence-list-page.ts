import { LicenceService } from "@tessera/contracts/tessera/project/v1/licence_service_pb.ts";
import { form, refusalAt } from "../forms/form.ts";
import { textFields } from "../forms/text-fields.ts";
import { day } from "../html/formats.ts";
import { attributes, type Content, html } from "../html/html.ts";
import { pager } from "../html/pager.ts";
import type { Page } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { licenceFields } from "./licence-fields.ts";
import { LICENCE_TEXTS } from "./texts.ts";

/** The licences of imagery; for administrators the form of a new one. */
export async function showLicences(visit: Visit): Promise<Page> {
  const { ask, language, person, query } = visit;
  const t = LICENCE_TEXTS(language);
  const ids = query.getAll("licence_ids").filter((it) => /^[1-9]\d{0,8}$/.test(it));
  const { licences, nextPageToken } =
    ids.length > 0
      ? {
          ...(await ask(LicenceService.method.batchGetLicences, {
            licenceIds: [...new Set(ids)].map(Number),
          })),
          nextPageToken: "",
        }
      : await ask(LicenceService.method.listLicences, { pageToken: query.get("page_token") ?? "" });
  const rows = licences.map(
    (it) =>
      html`<tr><th scope="row"><a href="/v1/licences/${it.licenceId}" dir="auto">${it.name}</a></th><td>${day(language, it.updateTime)}</td></tr>`,
  );
  const table = html`<div class="table" tabindex="0" role="region" aria-label="${t.title}"><table><caption class="unseen">${t.title}</caption><thead><tr><th scope="col">${t.name}</th><th scope="col">${t.changed}</th></tr></thead><tbody>${rows}</tbody></table></div>`;
  const body = html`<h1>${t.title}</h1><p class="lead">${t.lead}</p>${rows.length === 0 ? html`<p>${t.none}</p>` : table}${pager(visit, nextPageToken)}${person?.isAdministrator ? createPart(visit) : ""}`;
  return { title: t.title, body };
}

function createPart(visit: Visit): Content {
  const t = LICENCE_TEXTS(visit.language);
  const create = { method: "POST", action: "/v1/licences", submit: t.create } as const;
  const isOpen = refusalAt(visit, create) !== undefined;
  const fields = textFields(visit, create, { at: "licence", fields: licenceFields(visit.language) });
  return html`<details class="more"${attributes({ open: isOpen })}><summary>${t.create}</summary>${form(visit, create, fields)}</details>`;
}
