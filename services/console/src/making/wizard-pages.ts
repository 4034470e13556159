import { html } from "../html/html.ts";
import type { Page } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { groupForm } from "./settings/group-form.ts";
import type { Group } from "./settings/groups.ts";
import { SETTING_TEXTS } from "./settings/setting-texts.ts";
import { managedProject, settingsView } from "./settings/settings-view.ts";
import { stepLinks, steps } from "./steps.ts";
import { MAKING_TEXTS } from "./texts.ts";

/** The third step again, for a draft that is there already. */
export const showDraftName = (visit: Visit): Promise<Page> => settingsStep(visit, "name");

/** The fifth step: the permissions to map and to check, and what is mapped from. */
export const showWho = (visit: Visit): Promise<Page> => settingsStep(visit, "who");

const STEP_GROUPS = { name: ["texts"], who: ["who", "work", "editing"] } satisfies Record<string, Group[]>;

async function settingsStep(visit: Visit, step: "name" | "who"): Promise<Page> {
  const { language } = visit;
  const [t, s] = [MAKING_TEXTS(language), SETTING_TEXTS(language)];
  const project = await managedProject(visit);
  const { projectId } = project;
  const view = await settingsView(visit, project);
  const own = `/console/projects/${projectId}`;
  const title = s.stepTitles[step];
  const groups = await Promise.all(
    STEP_GROUPS[step].map(async (group) => {
      const next = step === "name" ? `${own}/cut` : `${own}/who`;
      const shown = await groupForm(view, group, {
        page: step,
        next,
        ...(step === "name" && { submit: s.saveAndGo }),
      });
      return html`<section class="group" id="${group}"><h2>${s.groups[group]}</h2>${shown}</section>`;
    }),
  );
  const links =
    step === "name"
      ? stepLinks(visit, { back: `${own}/area`, next: `${own}/cut` })
      : html`<p>${s.allSettings} <a href="${own}/settings">${s.title}</a></p>${stepLinks(visit, { back: `${own}/cut`, next: `${own}/publish` })}`;
  const body = html`<h1>${title}</h1>${steps(visit, step, { projectId })}<p class="lead">${s.stepLeads[step]}</p>${groups}${links}`;
  const trail = [
    { href: "/v1/projects", name: t.projects },
    { href: `/v1/projects/${projectId}`, name: project.name },
  ];
  return { title, body, trail };
}
