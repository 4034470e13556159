import { AuthService } from "@tessera/contracts/tessera/auth/v1/auth_service_pb.ts";
import { form } from "../forms/form.ts";
import { moment } from "../html/formats.ts";
import { html } from "../html/html.ts";
import { pager } from "../html/pager.ts";
import type { Page } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { ACCOUNT_TEXTS } from "./texts.ts";

/** The sessions of the person, which can be ended. */
export async function showSessions(visit: Visit): Promise<Page> {
  const { ask, language, query, person } = visit;
  const t = ACCOUNT_TEXTS(language);
  const { sessions, nextPageToken } = await ask(AuthService.method.listSessions, {
    pageToken: query.get("page_token") ?? "",
  });
  const rows = sessions.map((it) => {
    const command = {
      method: "DELETE",
      action: `/v1/sessions/${it.sessionId}`,
      submit: t.end,
      about: it.clientId,
      quiet: true,
    } as const;
    const isThis = it.sessionId === person?.sessionId;
    return html`<tr><th scope="row"><a href="/v1/sessions/${it.sessionId}">${it.clientId}</a>${isThis ? html` (${t.thisOne})` : ""}</th><td>${moment(language, it.createTime)}</td><td>${moment(language, it.refreshTime)}</td><td>${form(visit, command)}</td></tr>`;
  });
  const all = { method: "DELETE", action: "/v1/sessions", submit: t.endAll, danger: true } as const;
  const body = html`<h1>${t.sessions}</h1><p class="lead">${t.sessionsHelp}</p><div class="table" tabindex="0" role="region" aria-label="${t.sessions}"><table><caption class="unseen">${t.sessions}</caption><thead><tr><th scope="col">${t.client}</th><th scope="col">${t.begun}</th><th scope="col">${t.refreshed}</th><th scope="col">${t.end}</th></tr></thead><tbody>${rows}</tbody></table></div>${pager(visit, nextPageToken)}
<h2>${t.endAll}</h2><p>${t.endAllHelp}</p>${form(visit, all)}`;
  return { title: t.sessions, body, trail: [{ href: "/v1/users/me", name: t.myPage }] };
}
