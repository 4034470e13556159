import type { PublicKey, ServiceAccount } from "@tessera/contracts/tessera/auth/v1/service_account_pb.ts";
import { ServiceAccountService } from "@tessera/contracts/tessera/auth/v1/service_account_service_pb.ts";
import { bothVersions } from "../forms/both-versions.ts";
import { checkBox } from "../forms/field.ts";
import { type Command, form, isStale, refusalAt } from "../forms/form.ts";
import { moment } from "../html/formats.ts";
import { type Content, html } from "../html/html.ts";
import type { Page } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { jwkField, serviceAccountFields, typedServiceAccount } from "./service-account-fields.ts";
import { SERVICE_ACCOUNT_TEXTS } from "./service-account-texts.ts";
import { ADMINISTRATION_TEXTS } from "./texts.ts";

/** One service account: what it may do, its keys, and the forms that change them. */
export async function showServiceAccount(visit: Visit): Promise<Page> {
  const { ask, language, params } = visit;
  const t = SERVICE_ACCOUNT_TEXTS(language);
  const userId = BigInt(params.user_id ?? "0");
  const { serviceAccount } = await ask(ServiceAccountService.method.getServiceAccount, { userId });
  if (serviceAccount === undefined) throw new Error("a service account without a document");
  const { clientId, deleteTime, deployed } = serviceAccount;
  const fact = (name: string, value: Content) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
  const state = deployed ? t.deployed : "";
  const facts = html`<dl class="facts">${fact(t.description, html`<span dir="auto">${serviceAccount.description}</span>`)}${fact(t.scopes, serviceAccount.scopes.join(", "))}${fact(t.mayAct, serviceAccount.mayAct ? t.yes : t.no)}${fact(t.made, moment(language, serviceAccount.createTime))}${fact(t.changed, moment(language, serviceAccount.updateTime))}${deleteTime === undefined ? "" : fact(t.deletedAt, moment(language, deleteTime))}</dl>`;
  const mayChange = !deployed && deleteTime === undefined;
  const body = html`<h1>${clientId}</h1>${state === "" ? "" : html`<p class="notice">${state}</p>`}${facts}
${keysPart(visit, serviceAccount, mayChange)}${mayChange ? changePart(visit, serviceAccount) : ""}
<p><a href="/v1/users/${userId}">${t.asUser}</a></p><p><a href="/v1/auth-events?user_id=${userId}">${t.events}</a></p>`;
  const trail = [
    { href: "/console/administration", name: ADMINISTRATION_TEXTS(language).title },
    { href: "/v1/service-accounts", name: t.title },
  ];
  return { title: clientId, body, trail };
}

function keysPart(visit: Visit, { userId, keys }: ServiceAccount, mayChange: boolean): Content {
  const t = SERVICE_ACCOUNT_TEXTS(visit.language);
  const action = `/v1/service-accounts/${userId}/public-keys`;
  const rows = keys.map((it) => keyRow(visit, it, `${action}/${it.kid}`, mayChange));
  const table = html`<div class="table" tabindex="0" role="region" aria-label="${t.keys}"><table><caption class="unseen">${t.keys}</caption><thead><tr><th scope="col">${t.key}</th><th scope="col">${t.made}</th>${mayChange ? html`<th scope="col">${t.revoke}</th>` : ""}</tr></thead><tbody>${rows}</tbody></table></div>`;
  const add: Command = { method: "POST", action, submit: t.addKey };
  const adding = mayChange ? form(visit, add, jwkField(visit, add, { label: t.jwk, required: true })) : "";
  return html`<h2>${t.keys}</h2>${rows.length === 0 ? html`<p>${t.noKeys}</p>` : table}${adding}`;
}

function keyRow(visit: Visit, { kid, createTime }: PublicKey, action: string, mayChange: boolean): Content {
  const t = SERVICE_ACCOUNT_TEXTS(visit.language);
  const revoke: Command = {
    method: "DELETE",
    action,
    submit: t.revoke,
    quiet: true,
    about: kid,
    confirm: t.revokeConfirm,
  };
  return html`<tr><th scope="row"><code>${kid}</code></th><td>${moment(visit.language, createTime)}</td>${mayChange ? html`<td>${form(visit, revoke)}</td>` : ""}</tr>`;
}

function changePart(visit: Visit, account: ServiceAccount): Content {
  const t = SERVICE_ACCOUNT_TEXTS(visit.language);
  const action = `/v1/service-accounts/${account.userId}`;
  const change: Command = { method: "PATCH", action, submit: t.save, revision: account.revision };
  const remove: Command = { method: "DELETE", action, submit: t.delete, danger: true };
  const fields = isStale(refusalAt(visit, change))
    ? versions(visit, change, account)
    : form(visit, change, serviceAccountFields(visit, change, account, "service_account."));
  return html`<h2>${t.edit}</h2>${fields}<h2>${t.delete}</h2><p>${t.deleteHelp}</p>${form(visit, remove, checkBox(visit, remove, { name: "confirmed", label: t.deleteConfirm, isOn: false }))}`;
}

/** What was typed beside what somebody else has saved meanwhile. */
function versions(visit: Visit, command: Command, theirs: ServiceAccount): Content {
  const t = SERVICE_ACCOUNT_TEXTS(visit.language);
  const sent = visit.refused?.form;
  if (sent === undefined) return "";
  const mine = typedServiceAccount(sent, "service_account.");
  const yes = (it: boolean) => (it ? t.yes : t.no);
  return bothVersions(visit, command, [
    {
      field: "service_account.description",
      label: t.description,
      mine: mine.description,
      theirs: theirs.description,
    },
    {
      field: "service_account.scopes",
      label: t.scopes,
      mine: mine.scopes.join(", "),
      theirs: theirs.scopes.join(", "),
    },
    {
      field: "service_account.may_act",
      label: t.mayAct,
      mine: yes(mine.mayAct),
      theirs: yes(theirs.mayAct),
    },
  ]);
}
