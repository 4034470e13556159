import { ContributionService } from "@tessera/contracts/tessera/task/v1/contribution_service_pb.ts";
import { form } from "../forms/form.ts";
import { number } from "../html/formats.ts";
import { attributes, type Content, html } from "../html/html.ts";
import { projectHead } from "../projects/project-tabs.ts";
import type { Page } from "../visits/page.ts";
import { PageFault } from "../visits/page-fault.ts";
import type { Visit } from "../visits/visit.ts";
import { type OfferedPerson, OPTIONS_MAX, personOptions } from "./person-options.ts";
import { CHANGES, type ChangeName, changeNamed, countMeant, type Meant } from "./task-change.ts";
import { TASK_CHANGE_TEXTS } from "./task-change-texts.ts";

/** The parameters of a change that are no filter. */
const OWN = ["action", "reverted_user_id", "include_locked"];

/** Changes many tasks: first which change, then how many tasks are meant, and only then it begins. */
export async function showTaskChange(visit: Visit): Promise<Page> {
  const { params, language } = visit;
  const t = TASK_CHANGE_TEXTS(language);
  const projectId = Number(params.project_id);
  const own = { ...visit, query: asked(visit) };
  const head = await projectHead(visit, projectId);
  if (!head.access.management?.permitted) throw new PageFault(403);
  const name = changeNamed(own.query.get("action"));
  const given = own.query.get("reverted_user_id") ?? "";
  const revertedUserId = /^[1-9]\d{0,17}$/.test(given) ? BigInt(given) : undefined;
  const [people, meant] = await Promise.all([
    peopleOf(visit, projectId),
    countMeant(own, projectId, name && { name, revertedUserId }),
  ]);
  const isReady = name !== undefined && (name !== "REVERT_USER" || revertedUserId !== undefined);
  const person = people.find(([id]) => id === given)?.[1] ?? given;
  const step = isReady
    ? confirmation(own, { projectId, name, meant, person })
    : chooser(own, { projectId, people, name });
  const { tasks } = paths(projectId, own.query);
  const count = number(language, meant.matching);
  const body = html`<h1>${t.title}</h1>${head.status}
<p class="lead">${onlyOwn(own.query) ? t.all(count, meant.matching) : t.some(count, meant.matching)} <a href="${tasks}">${t.otherTasks}</a></p>
${step}`;
  const trail = [...head.trail, { href: `/v1/projects/${projectId}/tasks`, name: t.tasks }];
  return { title: t.title, body, trail };
}

/** What is asked for: in the address, or in a form that was refused. */
function asked({ query, refused }: Visit): URLSearchParams {
  if (refused === undefined) return query;
  return filterIn(refused.form.names(), (name) => refused.form.all(name), OWN);
}

/** The filters of a form, and these fields of it. */
export function filterIn(
  names: readonly string[],
  all: (name: string) => readonly string[],
  more: readonly string[] = [],
): URLSearchParams {
  const wanted = names.filter((it) => it.startsWith("filter.") || more.includes(it));
  return new URLSearchParams(
    wanted.flatMap((name) =>
      all(name).flatMap((value) => (value === "" ? [] : [[name, value] as [string, string]])),
    ),
  );
}

const onlyOwn = (query: URLSearchParams) => [...query.keys()].every((it) => OWN.includes(it));

function paths(projectId: number, query: URLSearchParams) {
  const filter = filterIn([...new Set(query.keys())], (name) => query.getAll(name));
  const text = filter.size === 0 ? "" : `?${filter}`;
  return {
    tasks: `/v1/projects/${projectId}/tasks${text}`,
    changes: `/console/projects/${projectId}/task-changes${text}`,
  };
}

function hiddenFields(query: URLSearchParams, leftOut: readonly string[] = []): Content {
  return [...query]
    .filter(([name]) => (name.startsWith("filter.") || OWN.includes(name)) && !leftOut.includes(name))
    .map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`);
}

/** The people whose changes can be reverted: those who worked in the project. */
async function peopleOf(visit: Visit, projectId: number): Promise<readonly OfferedPerson[]> {
  const page = { projectId, pageSize: OPTIONS_MAX };
  const { contributors } = await visit.ask(ContributionService.method.listContributors, page);
  return personOptions(
    visit,
    contributors.map(({ userId }) => userId),
  );
}

/** The first step: which change. */
function chooser(
  { language, query }: Visit,
  {
    projectId,
    people,
    name,
  }: { projectId: number; people: readonly OfferedPerson[]; name: ChangeName | undefined },
): Content {
  const t = TASK_CHANGE_TEXTS(language);
  const actions = (Object.keys(CHANGES) as ChangeName[]).map(
    (it) =>
      html`<label class="check"><input type="radio" name="action" value="TASK_ACTION_${it}" required${attributes({ checked: it === name })}> <span>${t.actions[it]} <small>${t.means[it]}</small></span></label>`,
  );
  const isMissing = name === "REVERT_USER";
  const persons = people.map(([id, text]) => html`<option value="${id}">${text}</option>`);
  return html`<form method="get" action="${paths(projectId, new URLSearchParams()).changes}" class="changes">${hiddenFields(query, ["action", "reverted_user_id"])}
<fieldset class="field"><legend>${t.which}</legend>${actions}</fieldset>
<div class="field"><label for="reverted">${t.reverted}</label>${isMissing ? html`<p class="fault" id="reverted-fault">${t.noPerson}</p>` : ""}<select id="reverted" name="reverted_user_id"${attributes({ "aria-describedby": isMissing ? "reverted-fault" : undefined })}><option value="">${t.nobody}</option>${persons}</select></div>
<label class="check"><input type="checkbox" name="include_locked" value="true"${attributes({ checked: query.get("include_locked") === "true" })}> <span>${t.locked} <small>${t.lockedMeans}</small></span></label>
<button>${t.next}</button></form>`;
}

/** The second step: how many tasks are meant, and the button that begins. */
function confirmation(
  visit: Visit,
  { projectId, name, meant, person }: { projectId: number; name: ChangeName; meant: Meant; person: string },
): Content {
  const { language, query } = visit;
  const t = TASK_CHANGE_TEXTS(language);
  const count = number(language, meant.meant);
  const others = meant.matching - meant.meant;
  const leave = others > 0 ? html`<p>${t.others(number(language, others), others)}</p>` : "";
  const isLockedToo = query.get("include_locked") === "true";
  const command = {
    method: "POST",
    action: `/v1/projects/${projectId}/task-changes`,
    submit: t.begin[name](count),
    danger: true,
  } as const;
  const words = name === "REVERT_USER" ? t.revertOf(person) : t.actions[name];
  const act = meant.meant === 0 ? html`<p>${t.nothing}</p>` : form(visit, command, hiddenFields(query));
  return html`<section class="confirm" aria-labelledby="confirm"><h2 id="confirm">${words}</h2><p class="meant"><strong>${t.meant(count, meant.meant)}</strong> ${t.means[name]}</p>
${leave}<p>${isLockedToo ? t.lockedToo : t.lockedNot}</p>${act}<p><a href="${paths(projectId, query).changes}">${t.otherChange}</a></p></section>`;
}
