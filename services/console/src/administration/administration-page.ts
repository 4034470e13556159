import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import { type Content, html } from "../html/html.ts";
import type { Page } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { ADMINISTRATION_TEXTS } from "./texts.ts";

/** What administrators look after. Others are refused, by the service. */
export async function showAdministration({ ask, language }: Visit): Promise<Page> {
  const t = ADMINISTRATION_TEXTS(language);
  // Only administrators may ask for blocked people.
  await ask(UserService.method.listUsers, { blocked: true, pageSize: 1 });
  const link = (href: string, name: string, help = "") =>
    html`<li><a href="${href}">${name}</a>${help === "" ? "" : html`<p class="help">${help}</p>`}</li>`;
  const part = (title: string, ...links: Content[]) =>
    html`<section class="card"><h2>${title}</h2><ul class="plain">${links}</ul></section>`;
  const body = html`<h1>${t.title}</h1><p class="lead">${t.lead}</p><div class="cards">
${part(
  t.peopleTitle,
  link("/v1/users", t.people),
  link("/v1/users?system_role=SYSTEM_ROLE_ADMINISTRATOR", t.administrators),
  link("/v1/users?blocked=true", t.blocked),
  link("/v1/auth-events?kind=AUTH_EVENT_KIND_USER_DELETED", t.deletions, t.deletionsHelp),
)}
${part(
  t.programs,
  link("/v1/service-accounts", t.serviceAccounts, t.serviceAccountsHelp),
  link("/v1/signing-keys", t.signingKeys, t.signingKeysHelp),
)}
${part(t.happened, link("/v1/auth-events", t.auditLog, t.auditHelp))}
${part(t.groups, link("/v1/organisations", t.organisations), link("/v1/teams", t.teams), link("/v1/licences", t.licences))}</div>`;
  return { title: t.title, body };
}
