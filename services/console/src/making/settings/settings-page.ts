import { html } from "../../html/html.ts";
import { projectHead } from "../../projects/project-tabs.ts";
import type { Page } from "../../visits/page.ts";
import type { Visit } from "../../visits/visit.ts";
import { groupForm } from "./group-form.ts";
import { GROUPS, type Group } from "./groups.ts";
import { lifeForms } from "./life-forms.ts";
import { SETTING_TEXTS } from "./setting-texts.ts";
import { managedProject, settingsView } from "./settings-view.ts";

/** All settings of a project, in groups that are saved one by one. */
export async function showSettings(visit: Visit): Promise<Page> {
  const t = SETTING_TEXTS(visit.language);
  const project = await managedProject(visit);
  const { projectId } = project;
  const [view, head] = await Promise.all([settingsView(visit, project), projectHead(visit, projectId)]);
  const own = `/console/projects/${projectId}`;
  const names = Object.keys(GROUPS) as Group[];
  const groups = await Promise.all(
    names.map(async (group) => {
      const shown = await groupForm(view, group, { page: "settings", next: `${own}/settings` });
      return html`<section class="group" id="${group}"><h2>${t.groups[group]}</h2>${shown}</section>`;
    }),
  );
  const contents = [
    ...names.map((group) => [group, t.groups[group]] as const),
    ["life", t.life.title] as const,
  ];
  const body = html`<h1 dir="auto">${head.name}</h1>${head.status}${head.tabs("settings")}
<nav class="contents" aria-label="${t.contents}"><ul>${contents.map(([id, name]) => html`<li><a href="#${id}">${name}</a></li>`)}<li><a href="${own}/area">${t.area}</a></li><li><a href="${own}/publish">${t.checklist}</a></li></ul></nav>
${groups}<section class="group" id="life"><h2>${t.life.title}</h2>${await lifeForms(visit, project)}</section>`;
  return { title: t.title, body, trail: head.trail };
}
