import { UserKind } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import { html } from "../html/html.ts";
import type { Done, Page } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { administratorPart } from "./administrator-part.ts";
import { showMe } from "./me-page.ts";
import { membershipsPart } from "./memberships.ts";
import { PEOPLE_TEXTS } from "./texts.ts";

/** One person: what is public, their teams, and what an administrator may set. */
export async function showUser(visit: Visit): Promise<Page | Done> {
  const { ask, language, params, person, refused } = visit;
  const t = PEOPLE_TEXTS(language);
  const userId = BigInt(params.user_id ?? "0");
  // One's own profile, where its own form was refused.
  if (
    userId === person?.userId &&
    refused !== undefined &&
    /^(PATCH|DELETE) \/v1\/users\/\d+$/.test(refused.command)
  )
    return showMe(visit);
  const { user } = await ask(UserService.method.getUser, { userId });
  if (user === undefined) throw new Error("a user without a document");
  const facts = html`<dl class="facts">
<div><dt>${t.level}</dt><dd>${t.levels[user.mappingLevel as 1]}</dd></div>
<div><dt>${t.role}</dt><dd>${t.roles[user.systemRole as 1]}</dd></div>
${user.kind === UserKind.SERVICE ? html`<div><dt>${t.kind}</dt><dd><a href="/v1/service-accounts/${userId}">${t.kinds[2]}</a></dd></div>` : ""}
${user.languages.length > 0 ? html`<div><dt>${t.languages}</dt><dd>${user.languages.join(", ")}</dd></div>` : ""}
${user.blocked ? html`<div><dt>${t.state}</dt><dd><strong>${t.blocked}</strong></dd></div>` : ""}</dl>`;
  const body = html`<h1 dir="auto">${user.name}</h1>${facts}
${user.description === "" ? "" : html`<p class="lines prose" dir="auto">${user.description}</p>`}
${await membershipsPart(visit, userId)}
${person?.isAdministrator ? await administratorPart(visit, user) : ""}`;
  return { title: user.name, body, trail: [{ href: "/v1/users", name: t.people }] };
}
