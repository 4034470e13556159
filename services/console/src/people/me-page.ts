import { AuthService } from "@tessera/contracts/tessera/auth/v1/auth_service_pb.ts";
import { checkBox } from "../forms/field.ts";
import { form } from "../forms/form.ts";
import { textForm } from "../forms/text-fields.ts";
import { html } from "../html/html.ts";
import type { Page } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { membershipsPart } from "./memberships.ts";
import { profileFields, profileTexts } from "./profile-fields.ts";
import { PEOPLE_TEXTS } from "./texts.ts";

/** The person's own page: the profile, what is theirs, and how to leave. */
export async function showMe(visit: Visit): Promise<Page> {
  const { ask, language } = visit;
  const t = PEOPLE_TEXTS(language);
  const { user } = await ask(AuthService.method.getCurrentUser, {});
  if (user === undefined) throw new Error("a current user without a document");
  const { userId, revision } = user;
  const action = `/v1/users/${userId}`;
  const profile = { method: "PATCH", action, submit: t.save, revision } as const;
  const remove = { method: "DELETE", action, submit: t.deleteAccount, danger: true } as const;
  const link = (href: string, name: string) => html`<li><a href="${href}">${name}</a></li>`;
  const body = html`<h1 dir="auto">${user.name}</h1><dl class="facts">
<div><dt>${t.level}</dt><dd>${t.levels[user.mappingLevel as 1]}</dd></div>
<div><dt>${t.role}</dt><dd>${t.roles[user.systemRole as 1]}</dd></div></dl>
<h2>${t.mine}</h2><ul>${link("/v1/users/me/locks", t.myLocks)}${link("/v1/users/me/favourites", t.favourites)}${link("/v1/invitations", t.invitations)}${link("/v1/licences", t.licences)}${link("/v1/sessions", t.sessions)}${link("/v1/personal-access-tokens", t.tokens)}</ul>
${await membershipsPart(visit, userId)}
<h2>${t.about}</h2>${textForm(visit, profile, { at: "user", fields: profileFields(language), now: profileTexts(user) })}
<h2>${t.deleteAccount}</h2><p class="prose">${t.deleteHelp}</p>${form(visit, remove, checkBox(visit, remove, { name: "confirmed", label: t.deleteConfirmLabel, isOn: false }))}`;
  return { title: t.myPage, body };
}
