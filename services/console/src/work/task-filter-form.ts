import { TaskState, TaskStateSchema } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { html } from "../html/html.ts";
import { choices, kept, oneOf, type Search, typedFilter } from "../projects/filter-fields.ts";
import { stateName } from "../tasks/state.ts";
import type { OfferedPerson } from "./person-options.ts";
import { PERSON_FILTERS } from "./task-filter.ts";
import { TASK_LIST_TEXTS } from "./task-list-texts.ts";

/** The filters of a table of tasks. They work without scripts; with them the table follows each change. */
export function taskFilterForm(search: Search, people: readonly OfferedPerson[]) {
  const { language, query, path } = search.visit;
  const t = TASK_LIST_TEXTS(language);
  const states = TaskStateSchema.values
    .filter((it) => it.number !== TaskState.UNSPECIFIED)
    .map((it) => [it.name, stateName(language, it.number as TaskState), undefined] as const);
  const persons = PERSON_FILTERS.map((name) => {
    const chosen = query.get(name) ?? "";
    const isOffered = chosen === "" || people.some(([userId]) => userId === chosen);
    const more: readonly OfferedPerson[] = isOffered ? [] : [[chosen, chosen]];
    return oneOf(search, name, t.names[name], [["", t.anybody], ...people, ...more]);
  });
  const typed = (name: string, label: string) =>
    typedFilter(search, { name, label, type: "number", value: query.get(name) });
  const isUrgent = query.get("filter.in_priority_area") === "true";
  const isOutside = query.get("filter.outside_area") === "true";
  return html`<form class="finder" method="get" action="${path}" aria-label="${t.filters}" hx-get="${path}" hx-trigger="change, submit" hx-target="#found" hx-swap="outerMorph" hx-push-url="true" hx-sync="this:replace">
${choices(search, "filter.states", t.states, states)}
<div class="row">${persons}${typed("filter.task_ids", t.number)}${typed("filter.priority", t.priority)}</div>
<label class="check"><input type="checkbox" name="filter.outside_area" value="true"${isOutside ? html` checked` : ""}> <span>${t.outside}</span></label>
<label class="check"><input type="checkbox" name="filter.in_priority_area" value="true"${isUrgent ? html` checked` : ""}> <span>${t.urgent}</span></label>
${kept(search, ["page_size"])}<button>${t.find}</button></form>`;
}
