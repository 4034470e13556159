import {
  type AuthEvent,
  AuthEventKind,
  AuthEventKindSchema,
} from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import { AuthEventService } from "@tessera/contracts/tessera/auth/v1/auth_event_service_pb.ts";
import { Refusal } from "@tessera/rpc/refusal.ts";
import { enumWords } from "../documents/enum-words.ts";
import { refusalAlert } from "../forms/refusal-alert.ts";
import { moment } from "../html/formats.ts";
import { type Content, type Html, html } from "../html/html.ts";
import { pager } from "../html/pager.ts";
import { finder, selectOf } from "../people/finder.ts";
import { type NameOf, namesOf } from "../people/names.ts";
import type { Language } from "../texts/languages.ts";
import type { Page } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { auditRequest } from "./audit-log-query.ts";
import { AUDIT_TEXTS } from "./audit-texts.ts";
import { ADMINISTRATION_TEXTS } from "./texts.ts";

/** The events that the reader may see, with the filters of the contract. The service leaves out those of others. */
export async function showAuditLog(visit: Visit): Promise<Page> {
  const { language, person } = visit;
  const t = AUDIT_TEXTS(language);
  const outcome = await readEvents(visit);
  const results =
    outcome instanceof Refusal
      ? html`<section id="results">${refusalAlert(visit, outcome)}</section>`
      : await eventTable(visit, outcome.events, outcome.nextPageToken);
  const isAdministrator = person?.isAdministrator === true;
  const body = html`<h1>${t.title}</h1><p class="lead">${isAdministrator ? t.lead : t.leadOwn}</p>${filters(visit)}${results}`;
  const trail = isAdministrator
    ? [{ href: "/console/administration", name: ADMINISTRATION_TEXTS(language).title }]
    : [];
  const page: Page = { title: t.title, body, trail, wide: true, parts: { results: () => results } };
  return outcome instanceof Refusal ? { ...page, status: outcome.reason.httpStatus } : page;
}

async function readEvents(visit: Visit) {
  try {
    return await visit.ask(AuthEventService.method.listAuthEvents, auditRequest(visit));
  } catch (error) {
    if (error instanceof Refusal && error.reason.httpStatus === 422) return error;
    throw error;
  }
}

function filters(visit: Visit): Content {
  const t = AUDIT_TEXTS(visit.language);
  const { query } = visit;
  const input = (name: string, label: string, type: string) =>
    html`<label>${label} <input type="${type}" name="${name}" value="${query.get(name) ?? ""}"${type === "text" ? html` inputmode="numeric" maxlength="18"` : ""}></label>`;
  const kinds = AuthEventKindSchema.values
    .filter(({ number }) => number !== 0)
    .map(({ name, number }) => [name, enumWords(visit.language, AuthEventKindSchema, number)] as const);
  // A link from the page of a group has these; the form has no field for them.
  const kept = ["organisation_id", "team_id"].map((name) =>
    query.has(name) ? html`<input type="hidden" name="${name}" value="${query.get(name)}">` : "",
  );
  return finder(
    { action: "/v1/auth-events", label: t.search, submit: t.show },
    selectOf(visit, "kind", t.kind, [["", t.anyKind], ...kinds]),
    input("actor_user_id", t.actor, "text"),
    input("user_id", t.concerns, "text"),
    input("after_time", t.after, "datetime-local"),
    input("before_time", t.before, "datetime-local"),
    kept,
  );
}

async function eventTable(visit: Visit, events: readonly AuthEvent[], next: string): Promise<Html> {
  const t = AUDIT_TEXTS(visit.language);
  const people = events.flatMap(({ actorUserId, userId }) => [actorUserId, userId]);
  const nameOf = await namesOf(visit, people);
  const table = html`<div class="table" tabindex="0" role="region" aria-label="${t.caption}"><table><caption class="unseen">${t.caption}</caption><thead><tr><th scope="col">${t.when}</th><th scope="col">${t.what}</th><th scope="col">${t.who}</th><th scope="col">${t.whom}</th><th scope="col">${t.details}</th></tr></thead><tbody>${events.map((it) => row(visit, it, nameOf))}</tbody></table></div>`;
  return html`<section id="results" aria-live="polite">${events.length === 0 ? html`<p>${t.none}</p>` : table}${pager(visit, next)}</section>`;
}

/** The person whom an event concerns; for one who was deleted, how far their deletion is. */
function concerned(language: Language, { kind, userId }: AuthEvent, nameOf: NameOf): Content | undefined {
  if (userId === undefined) return undefined;
  if (kind !== AuthEventKind.USER_DELETED) return nameOf(userId);
  return html`<a href="/v1/users/${userId}/deletion">${AUDIT_TEXTS(language).deletion(String(userId))}</a>`;
}

function row({ language }: Visit, event: AuthEvent, nameOf: NameOf): Content {
  const t = AUDIT_TEXTS(language);
  const { eventId, kind, actorUserId, clientId, organisationId, teamId, commitTime } = event;
  const what = enumWords(language, AuthEventKindSchema, kind);
  const whom = [
    concerned(language, event, nameOf),
    organisationId === undefined
      ? undefined
      : html`<a href="/v1/organisations/${organisationId}">${t.organisation(organisationId)}</a>`,
    teamId === undefined ? undefined : html`<a href="/v1/teams/${teamId}">${t.team(teamId)}</a>`,
  ].filter((it) => it !== undefined);
  const by = actorUserId === undefined ? t.service : nameOf(actorUserId);
  const client = clientId === undefined ? "" : html` <small dir="auto">${clientId}</small>`;
  const details = Object.entries(event.details).map(
    ([name, value]) => html`<div><dt>${name.replaceAll("_", " ")}</dt><dd dir="auto">${value}</dd></div>`,
  );
  return html`<tr><td>${moment(language, commitTime)}</td><th scope="row"><a href="/v1/auth-events/${eventId}">${what}</a></th><td>${by}${client}</td><td>${whom.map((it, at) => html`${at > 0 ? ", " : ""}${it}`)}</td><td>${details.length === 0 ? "" : html`<dl class="small">${details}</dl>`}</td></tr>`;
}
