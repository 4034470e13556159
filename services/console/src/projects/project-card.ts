import type { Project } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { day } from "../html/formats.ts";
import { html } from "../html/html.ts";
import type { Visit } from "../visits/visit.ts";
import { countriesOf, mappingTypesOf, marksOf, progressOf } from "./project-facts.ts";
import { SEARCH_TEXTS } from "./search-texts.ts";
import { WORDS, word } from "./words.ts";

/** How a card is made. */
interface CardOptions {
  /** The level of its heading: one below that of its section. */
  level?: 2 | 3;
  organisationOf?: (id: number) => string;
}

/** Projects as cards. */
export function projectCards(
  { language }: Pick<Visit, "language">,
  projects: readonly Project[],
  { level = 2, organisationOf }: CardOptions = {},
) {
  const [t, words] = [SEARCH_TEXTS(language), WORDS(language)];
  const cards = projects.map((project) => {
    const { projectId, name, shortDescription, organisationId, dueTime } = project;
    const link = html`<a href="/v1/projects/${projectId}" dir="auto">${name}</a>`;
    const facts = [
      countriesOf(language, project.countries),
      mappingTypesOf(language, project.mappingTypes),
      word(words.difficulty, project.difficulty),
    ].filter((it) => it !== "");
    const organisation = organisationId !== undefined && organisationOf?.(organisationId);
    return html`<li class="card">${miniature(project)}${level === 2 ? html`<h2>${link}</h2>` : html`<h3>${link}</h3>`}${marksOf(language, project)}
<p dir="auto" class="short">${shortDescription}</p>
<p class="facts">${facts.join(" · ")}${organisation ? html`<br><span dir="auto">${organisation}</span>` : ""}${dueTime === undefined ? "" : html`<br>${t.due} ${day(language, dueTime)}`}</p>
${progressOf(language, project)}</li>`;
  });
  return html`<ul class="cards">${cards}</ul>`;
}

/** The tasks of a project as a small picture. The bar below says the same in words, so it has none of its own. */
function miniature({ projectId, progress }: Project) {
  if (progress === undefined || progress.taskCount === 0) return html`<div class="miniature"></div>`;
  return html`<img class="miniature" src="/console/projects/${projectId}/miniature.svg" alt="" loading="lazy" width="320" height="160">`;
}
