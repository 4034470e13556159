import { ServiceAccountService } from "@tessera/contracts/tessera/auth/v1/service_account_service_pb.ts";
import { field } from "../forms/field.ts";
import { form, refusalAt } from "../forms/form.ts";
import { day } from "../html/formats.ts";
import { attributes, html } from "../html/html.ts";
import { pager } from "../html/pager.ts";
import type { Page } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { jwkField, serviceAccountFields } from "./service-account-fields.ts";
import { SERVICE_ACCOUNT_TEXTS } from "./service-account-texts.ts";
import { ADMINISTRATION_TEXTS } from "./texts.ts";

const CLIENT_ID_MAX = 64;

/** The identities of programs, and the form of a new one. */
export async function showServiceAccounts(visit: Visit): Promise<Page> {
  const { ask, language, query } = visit;
  const t = SERVICE_ACCOUNT_TEXTS(language);
  const { serviceAccounts, nextPageToken } = await ask(ServiceAccountService.method.listServiceAccounts, {
    pageToken: query.get("page_token") ?? "",
  });
  const rows = serviceAccounts.map(
    (it) =>
      html`<tr><th scope="row"><a href="/v1/service-accounts/${it.userId}">${it.clientId}</a></th><td dir="auto">${it.description}</td><td>${it.scopes.join(", ")}</td><td>${it.mayAct ? t.yes : t.no}</td><td class="number">${it.keys.length}</td><td>${day(language, it.createTime)}</td></tr>`,
  );
  const table = html`<div class="table" tabindex="0" role="region" aria-label="${t.title}"><table><caption class="unseen">${t.caption}</caption><thead><tr><th scope="col">${t.clientId}</th><th scope="col">${t.description}</th><th scope="col">${t.scopes}</th><th scope="col">${t.mayAct}</th><th scope="col" class="number">${t.keys}</th><th scope="col">${t.made}</th></tr></thead><tbody>${rows}</tbody></table></div>`;
  const command = { method: "POST", action: "/v1/service-accounts", submit: t.create } as const;
  const create = form(
    visit,
    command,
    field(visit, command, {
      name: "client_id",
      label: t.clientId,
      help: t.clientIdHelp,
      required: true,
      maxLength: CLIENT_ID_MAX,
    }),
    serviceAccountFields(visit, command, undefined, ""),
    jwkField(visit, command, { label: t.firstKey }),
  );
  const isOpen = refusalAt(visit, command) !== undefined;
  const body = html`<h1>${t.title}</h1><p class="lead">${t.lead}</p>${rows.length === 0 ? html`<p>${t.none}</p>` : table}${pager(visit, nextPageToken)}
<details class="more"${attributes({ open: isOpen })}><summary>${t.create}</summary>${create}</details>`;
  const trail = [{ href: "/console/administration", name: ADMINISTRATION_TEXTS(language).title }];
  return { title: t.title, body, trail };
}
