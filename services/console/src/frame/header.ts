import { form } from "../forms/form.ts";
import { html } from "../html/html.ts";
import { icon } from "../html/icons.ts";
import { FRAME_TEXTS } from "../texts/frame.ts";
import { LANGUAGES, type Language } from "../texts/languages.ts";
import type { Visit } from "../visits/visit.ts";

/** How each language calls itself. */
const OWN_NAMES: Record<Language, string> = {
  en: "English",
  fr: "Français",
  "en-XA": "[English]",
  "ar-XB": "\u202eEnglish\u202c",
};

/** The head of every page: where to go, who is signed in, the language. */
export function header(visit: Visit) {
  const { person, language, path } = visit;
  const t = FRAME_TEXTS(language);
  const link = (href: string, name: string) =>
    html`<li><a href="${href}"${path === href ? html` aria-current="page"` : ""}>${name}</a></li>`;
  const own =
    person === undefined
      ? ""
      : html`${link("/v1/users/me/locks", t.myWork)}${person.isAdministrator ? link("/console/administration", t.administration) : ""}`;
  return html`<header class="head">
<a class="brand" href="/">${icon("tessera")}<span>${t.product}</span></a>
<nav aria-label="${t.mainNavigation}"><ul>
${link("/v1/projects", t.projects)}${link("/v1/organisations", t.organisations)}${link("/v1/teams", t.teams)}${own}
</ul></nav>
<div class="who">${languageChoice(visit, t.language)}${person === undefined ? signInLink(visit, t.signIn) : account(visit, t.signOut)}</div>
</header>`;
}

function signInLink({ path }: Visit, name: string) {
  if (path.startsWith("/console/sign")) return "";
  return html`<a class="button" href="/console/sign-in?next=${encodeURIComponent(path)}">${name}</a>`;
}

function account(visit: Visit, signOut: string) {
  const leave = form(visit, { method: "POST", action: "/console/sign-out", submit: signOut, quiet: true });
  return html`<a href="/v1/users/me" class="me">${icon("person")}<span>${visit.person?.name}</span></a>${leave}`;
}

/** A choice of the language: a form of buttons, so that it works without scripts. */
function languageChoice(visit: Visit, label: string) {
  const offered: Language[] = [
    ...LANGUAGES,
    ...(visit.deps.pseudoLanguages ? (["en-XA", "ar-XB"] as const) : []),
  ];
  const buttons = offered.map((it) =>
    it === visit.language
      ? html`<span lang="${it}" aria-current="true">${OWN_NAMES[it]}</span>`
      : html`<button name="language" value="${it}" lang="${it}">${OWN_NAMES[it]}</button>`,
  );
  // The whole document changes, its language and direction among it: it is loaded anew.
  const more = html` hx-boost="false"`;
  const target = { method: "POST", action: "/console/language", label, quiet: true, more } as const;
  return html`<div class="languages">${form(visit, target, buttons, html`<input type="hidden" name="next" value="${visit.path}">`)}</div>`;
}
