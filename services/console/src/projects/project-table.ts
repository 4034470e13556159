import type { Project } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { day, number, percent } from "../html/formats.ts";
import { html } from "../html/html.ts";
import type { Visit } from "../visits/visit.ts";
import { countriesOf } from "./project-facts.ts";
import { SEARCH_TEXTS } from "./search-texts.ts";
import { WORDS, word } from "./words.ts";

/** Projects as a table. */
export function projectTable(
  { language }: Pick<Visit, "language">,
  projects: readonly Project[],
  organisationOf: (id: number) => string,
) {
  const [t, words] = [SEARCH_TEXTS(language).columns, WORDS(language)];
  const rows = projects.map(
    ({ projectId, name, progress, priority, difficulty, countries, organisationId, dueTime, updateTime }) =>
      html`<tr><th scope="row"><a href="/v1/projects/${projectId}" dir="auto">${name}</a></th>
<td class="number">${progress && percent(language, progress.mappedPercent)}</td><td class="number">${progress && percent(language, progress.validatedPercent)}</td><td class="number">${progress && number(language, progress.taskCount)}</td>
<td>${word(words.priority, priority)}</td><td>${word(words.difficulty, difficulty)}</td><td>${countriesOf(language, countries)}</td>
<td dir="auto">${organisationId !== undefined && organisationOf(organisationId)}</td><td>${day(language, dueTime)}</td><td>${day(language, updateTime)}</td></tr>`,
  );
  const head = (name: string) => html`<th scope="col">${name}</th>`;
  const figure = (name: string) => html`<th scope="col" class="number">${name}</th>`;
  return html`<div class="table" tabindex="0" role="region" aria-label="${t.caption}"><table><caption>${t.caption}</caption>
<thead><tr>${head(t.name)}${figure(t.mapped)}${figure(t.validated)}${figure(t.tasks)}${head(t.priority)}${head(t.difficulty)}${head(t.countries)}${head(t.organisation)}${head(t.due)}${head(t.changed)}</tr></thead>
<tbody>${rows}</tbody></table></div>`;
}
