import { field } from "../forms/field.ts";
import { form } from "../forms/form.ts";
import { html } from "../html/html.ts";
import { ownPath } from "../session/same-origin.ts";
import type { Page } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { SIGN_IN_TEXTS } from "./texts.ts";

/** The page on which people sign in. */
export async function showSignIn(visit: Visit): Promise<Page> {
  const { deps, language, query } = visit;
  const t = SIGN_IN_TEXTS(language);
  const { development, provider } = deps.signIn;
  const next = html`<input type="hidden" name="next" value="${ownPath(visit.form.optional("next") ?? query.get("next"))}">`;
  // The browser leaves for another site: htmx must not follow it there.
  const away = {
    method: "POST",
    action: "/console/sign-in/provider",
    submit: t.byProvider,
    more: html` hx-boost="false"`,
  } as const;
  const byName = { method: "POST", action: "/console/sign-in", submit: t.byName } as const;
  const name = {
    name: "name",
    label: t.name,
    help: t.byNameHelp,
    required: true,
    maxLength: 64,
    autocomplete: "username",
  };
  const body = html`<h1>${t.title}</h1><p>${t.why}</p>
${provider === undefined ? "" : form(visit, away, next)}
${development ? form(visit, byName, next, field(visit, byName, name)) : ""}
${provider === undefined && !development ? html`<p>${t.notOffered}</p>` : ""}`;
  return { title: t.title, body };
}
