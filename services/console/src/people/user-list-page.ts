import {
  type MappingLevel,
  MappingLevelSchema,
  type SystemRole,
  SystemRoleSchema,
  type User,
  type UserKind,
  UserKindSchema,
} from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import { html } from "../html/html.ts";
import { pager } from "../html/pager.ts";
import { enumValue } from "../visits/enum-value.ts";
import type { Page } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { enumChoices } from "./choices.ts";
import { finder, selectOf } from "./finder.ts";
import { PEOPLE_TEXTS } from "./texts.ts";

const PAGE_SIZE = 50;
const BATCH_MAX = 100;

/** People by name, with the filters of the contract; or those with the ids that the address names. */
export async function showUsers(visit: Visit): Promise<Page> {
  const { language, query, person } = visit;
  const t = PEOPLE_TEXTS(language);
  const { users, nextPageToken } = await readUsers(visit);
  const rows = users.map((it) => row(visit, it));
  const head = html`<thead><tr><th scope="col">${t.name}</th><th scope="col">${t.level}</th><th scope="col">${t.role}</th>${users.some(({ blocked }) => blocked !== undefined) ? html`<th scope="col">${t.state}</th>` : ""}</tr></thead>`;
  const table = html`<div class="table" tabindex="0" role="region" aria-label="${t.people}"><table><caption class="unseen">${t.people}</caption>${head}<tbody>${rows}</tbody></table></div>`;
  const results = () =>
    html`<section id="results" aria-live="polite">${users.length === 0 ? html`<p>${t.nobody}</p>` : table}${pager(visit, nextPageToken)}</section>`;
  const filters = html`<label>${t.name}<input type="search" name="query" value="${query.get("query") ?? ""}" maxlength="64" dir="auto"></label>
${selectOf(visit, "system_role", t.role, [["", t.anyRole], ...enumChoices(SystemRoleSchema, t.roles)])}
${selectOf(visit, "mapping_level", t.level, [["", t.anyLevel], ...enumChoices(MappingLevelSchema, t.levels)])}
${selectOf(visit, "kind", t.kind, [
  ["", t.anyKind],
  ["USER_KIND_SERVICE", t.kinds[2]],
])}
${
  person?.isAdministrator
    ? selectOf(visit, "blocked", t.state, [
        ["", t.both],
        ["true", t.blocked],
        ["false", t.notBlocked],
      ])
    : ""
}`;
  const form = finder({ action: "/v1/users", label: t.searchLabel, submit: t.search }, filters);
  return { title: t.people, body: html`<h1>${t.people}</h1>${form}${results()}`, parts: { results } };
}

async function readUsers({ ask, query }: Visit): Promise<{ users: User[]; nextPageToken: string }> {
  const ids = query.getAll("user_ids").filter((it) => /^[1-9]\d{0,17}$/.test(it));
  if (ids.length > 0) {
    const userIds = [...new Set(ids)].slice(0, BATCH_MAX).map(BigInt);
    return { users: (await ask(UserService.method.batchGetUsers, { userIds })).users, nextPageToken: "" };
  }
  const blocked = query.get("blocked");
  return ask(UserService.method.listUsers, {
    query: query.get("query") ?? "",
    systemRole: enumValue<SystemRole>(SystemRoleSchema, query.get("system_role") ?? ""),
    mappingLevel: enumValue<MappingLevel>(MappingLevelSchema, query.get("mapping_level") ?? ""),
    kind: enumValue<UserKind>(UserKindSchema, query.get("kind") ?? ""),
    ...(blocked === "true" || blocked === "false" ? { blocked: blocked === "true" } : {}),
    pageSize: PAGE_SIZE,
    pageToken: query.get("page_token") ?? "",
  });
}

function row({ language }: Visit, { userId, name, mappingLevel, systemRole, blocked }: User) {
  const t = PEOPLE_TEXTS(language);
  const state = blocked === undefined ? "" : html`<td>${blocked ? t.blocked : t.notBlocked}</td>`;
  return html`<tr><th scope="row"><a href="/v1/users/${userId}" dir="auto">${name}</a></th><td>${t.levels[mappingLevel as 1]}</td><td>${t.roles[systemRole as 1]}</td>${state}</tr>`;
}
