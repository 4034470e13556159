import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { Refusal } from "@tessera/rpc/refusal.ts";
import { refusalAlert } from "../forms/refusal-alert.ts";
import { filled } from "../html/filled.ts";
import { moment } from "../html/formats.ts";
import { type Content, type Html, html } from "../html/html.ts";
import type { NameOf } from "../people/names.ts";
import type { Visit } from "../visits/visit.ts";
import { REFUSAL_TEXTS } from "./refusal-texts.ts";
import type { Obstacle } from "./what-now.ts";

type Text = keyof ReturnType<typeof REFUSAL_TEXTS>;

/** What stands in the way, in words, and what can be done about it. Undefined for a reason that has no words here. */
export function whyNot(visit: Visit, { reason, metadata }: Obstacle, nameOf: NameOf) {
  const t = REFUSAL_TEXTS(visit.language);
  const isHeld = reason === "LOCK_NOT_HELD" && metadata.holder_user_id !== undefined;
  const key = (isHeld ? "LOCK_NOT_HELD_BUT" : reason) as Text;
  const [title, advice] = [t[key], t[`${key}+` as Text]];
  if (title === undefined || advice === undefined) return undefined;
  const values = {
    holder: personIn(metadata.holder_user_id, nameOf),
    assigned: personIn(metadata.assigned_user_id, nameOf),
    time: timeIn(visit, metadata.expire_time),
    held: heldIn(visit, metadata.held),
    level: t[`levels.${metadata.level}` as Text] ?? metadata.level,
    required: t[`levels.${metadata.required_level}` as Text] ?? metadata.required_level,
    signIn: html`<a href="/console/sign-in?next=${encodeURIComponent(pageOf(visit))}">${t["links.signIn"]}</a>`,
    teams: html`<a href="/v1/teams">${t["links.teams"]}</a>`,
    projects: html`<a href="/v1/projects">${t["links.projects"]}</a>`,
  };
  return { title: filled(title, values), advice: filled(advice, values) };
}

/** The people whom a refusal names. */
export function peopleIn(metadata: Obstacle["metadata"] | undefined): bigint[] {
  return [metadata?.holder_user_id, metadata?.assigned_user_id].flatMap((it) =>
    it !== undefined && /^\d{1,18}$/.test(it) ? [BigInt(it)] : [],
  );
}

/** A refused command as an alert, in the words of tasks, or else in those of every page. `more` stands below them. */
export function taskAlert(visit: Visit, refusal: Refusal, nameOf: NameOf, more: Content = ""): Html | "" {
  const obstacle = { reason: refusal.reason.name, metadata: refusal.metadata };
  const words = whyNot(visit, obstacle, nameOf);
  if (words === undefined) return refusalAlert(visit, refusal);
  return html`<div class="alert" role="alert" data-reason="${refusal.reason.name}"><p><strong>${words.title}</strong></p>
<p>${words.advice}</p>${more}</div>`;
}

function personIn(id: string | undefined, nameOf: NameOf): Content {
  return id !== undefined && /^\d{1,18}$/.test(id) ? nameOf(BigInt(id)) : "";
}

function timeIn({ language }: Visit, iso: string | undefined): Content {
  const date = new Date(iso ?? "");
  return Number.isNaN(date.getTime()) ? "" : moment(language, timestampFromDate(date));
}

/** A task that the contract names: "projects/7/tasks/42/lock". */
function heldIn({ language }: Visit, name: string | undefined): Content {
  const [, path, taskId] = /^(projects\/\d+\/tasks\/(\d+))/.exec(name ?? "") ?? [];
  if (path === undefined || taskId === undefined) return "";
  const text = REFUSAL_TEXTS(language)["links.held"].replace("{number}", taskId);
  return html`<a href="/v1/${path}">${text}</a>`;
}

/** The page that somebody is on: of a form, the task's. */
function pageOf({ path }: Visit): string {
  return /^\/v1\/projects\/\d+(\/tasks\/\d+)?/.exec(path)?.[0] ?? path;
}
