import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { moment, number } from "../html/formats.ts";
import { html } from "../html/html.ts";
import { projectsPicture } from "../maps/projects-picture.ts";
import { projectCards } from "../projects/project-card.ts";
import { WORDS, word } from "../projects/words.ts";
import type { Page } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { difficultiesFor, type HomeContent, readHome } from "./read-home.ts";
import { HOME_TEXTS } from "./texts.ts";

/** The first page: what the system is for, and what its reader can do now. */
export async function showHome(visit: Visit): Promise<Page> {
  const t = HOME_TEXTS(visit.language);
  const content = await readHome(visit);
  const { needed, mine } = content;
  const shown = [...new Map([...content.open, ...mine].map((it) => [it.projectId, it])).values()];
  const body = html`<section class="hero"><div><h1>${t.title}</h1><p class="lead">${t.lead}</p>${figures(visit, content)}</div>${projectsPicture(visit, shown)}</section>
${visit.person === undefined ? howItWorks(visit) : heldTasks(visit, content)}
<section><h2>${t.needed}</h2>${needed.length === 0 ? html`<p>${t.neededNone}</p>` : html`<p class="help">${t.neededMore}</p>${projectCards(visit, needed, { level: 3 })}`}</section>
${mine.length === 0 ? "" : html`<section><h2>${t.mine}</h2>${projectCards(visit, mine, { level: 3 })}</section>`}
${recommended(visit, content)}
<p class="ways"><a class="button" href="/v1/projects">${t.allProjects}</a>${visit.person === undefined ? "" : html` <a href="/v1/projects?favourite=true">${t.favourites}</a>`}</p>`;
  return { title: t.title, body };
}

function figures({ language }: Visit, { figures: { open, countries, urgent } }: HomeContent) {
  const t = HOME_TEXTS(language);
  if (open === 0) return "";
  const figure = (value: number, name: (count: number) => string) =>
    html`<div><dt>${name(value)}</dt><dd>${number(language, value)}</dd></div>`;
  return html`<dl class="figures" aria-label="${t.figures}">${figure(open, t.openProjects)}${countries > 0 && figure(countries, t.countries)}${urgent > 0 && figure(urgent, t.urgent)}</dl>`;
}

function howItWorks({ language }: Visit) {
  const t = HOME_TEXTS(language);
  const step = (title: string, text: string) => html`<li><h3>${title}</h3><p>${text}</p></li>`;
  return html`<section><h2>${t.how}</h2><ol class="steps">${step(t.step1, t.step1Text)}${step(t.step2, t.step2Text)}${step(t.step3, t.step3Text)}</ol>
<p class="ways"><a class="button" href="/console/sign-in?next=%2F">${t.signIn}</a> <a href="/v1/projects">${t.look}</a></p></section>`;
}

function heldTasks({ language }: Visit, { held }: HomeContent) {
  const t = HOME_TEXTS(language);
  if (held.length === 0) return "";
  const rows = held.map(({ lock, project }) => {
    const { projectId, taskId, purpose, expireTime } = lock;
    const aim = purpose === LockPurpose.VALIDATION ? t.validating : t.mapping;
    const name = t.heldTask(taskId, project?.name ?? String(projectId));
    return html`<li><a href="/v1/projects/${projectId}/tasks/${taskId}" dir="auto">${name}</a> ${aim}, ${t.until} ${moment(language, expireTime)}</li>`;
  });
  return html`<section class="held"><h2>${t.held}</h2><ul>${rows}</ul></section>`;
}

function recommended(visit: Visit, content: HomeContent) {
  const [t, words] = [HOME_TEXTS(visit.language), WORDS(visit.language)];
  if (content.recommended.length === 0) return "";
  const list = new Intl.ListFormat(visit.language.slice(0, 2), { type: "disjunction" });
  const difficulties = list.format(
    difficultiesFor(content.level).map((it) => word(words.difficulty, it).toLowerCase()),
  );
  const level = word(words.level, content.level).toLowerCase();
  return html`<section><h2>${t.recommended}</h2><p class="help">${t.because(level, difficulties)}</p>${projectCards(visit, content.recommended, { level: 3 })}</section>`;
}
