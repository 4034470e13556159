import { PERSON_SCOPES } from "@tessera/contracts/scopes.ts";
import { PersonalAccessTokenService } from "@tessera/contracts/tessera/auth/v1/personal_access_token_service_pb.ts";
import { checkBox, field } from "../forms/field.ts";
import { form } from "../forms/form.ts";
import { moment } from "../html/formats.ts";
import { html } from "../html/html.ts";
import { pager } from "../html/pager.ts";
import type { Page } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { ACCOUNT_TEXTS } from "./texts.ts";

const DAYS_DEFAULT = 90;
const DAYS_MAX = 366;

/** The personal access tokens of the person, and the form of a new one. */
export async function showTokens(visit: Visit): Promise<Page> {
  const { ask, language, query } = visit;
  const t = ACCOUNT_TEXTS(language);
  const { personalAccessTokens, nextPageToken } = await ask(
    PersonalAccessTokenService.method.listPersonalAccessTokens,
    { pageToken: query.get("page_token") ?? "" },
  );
  const rows = personalAccessTokens.map((it) => {
    const action = `/v1/personal-access-tokens/${it.tokenId}`;
    const command = { method: "DELETE", action, submit: t.revoke, about: it.name, quiet: true } as const;
    return html`<tr><th scope="row"><a href="${action}" dir="auto">${it.name}</a></th><td>${it.scopes.join(", ")}</td><td>${moment(language, it.expireTime)}</td><td>${it.lastUseTime === undefined ? t.never : moment(language, it.lastUseTime)}</td><td>${form(visit, command)}</td></tr>`;
  });
  const table = html`<div class="table" tabindex="0" role="region" aria-label="${t.tokens}"><table><caption class="unseen">${t.tokens}</caption><thead><tr><th scope="col">${t.name}</th><th scope="col">${t.scopes}</th><th scope="col">${t.expires}</th><th scope="col">${t.lastUse}</th><th scope="col">${t.revoke}</th></tr></thead><tbody>${rows}</tbody></table></div>`;
  const command = { method: "POST", action: "/v1/personal-access-tokens", submit: t.create } as const;
  const scopes = PERSON_SCOPES.map((it) =>
    checkBox(visit, command, { name: "scopes", value: it, label: it, isOn: false }),
  );
  const days = { label: t.days, type: "number", min: 1, max: DAYS_MAX, value: DAYS_DEFAULT } as const;
  const create = form(
    visit,
    command,
    field(visit, command, { name: "name", label: t.name, required: true, maxLength: 100 }),
    html`<fieldset><legend>${t.scopes}</legend>${scopes}</fieldset>`,
    field(visit, command, { name: "lifetime", ...days }),
  );
  const body = html`<h1>${t.tokens}</h1><p class="lead">${t.tokensHelp}</p>${rows.length === 0 ? html`<p>${t.none}</p>` : table}${pager(visit, nextPageToken)}<h2>${t.create}</h2>${create}`;
  return { title: t.tokens, body, trail: [{ href: "/v1/users/me", name: t.myPage }] };
}
