import { ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { Permission, type Project, ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";

import { html } from "../html/html.ts";
import { icon } from "../html/icons.ts";
import type { Page } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { SETTING_TEXTS } from "./settings/setting-texts.ts";
import { managedProject } from "./settings/settings-view.ts";
import { statusForm } from "./settings/status-form.ts";
import { stepLinks, steps } from "./steps.ts";
import { MAKING_TEXTS } from "./texts.ts";

interface Check {
  isDone: boolean;
  /** Whether mappers cannot begin without it. */
  isNeeded: boolean;
  text: string;
  href: string;
}

/** The last step: what is missing, and the button that opens the project for work. */
export async function showPublish(visit: Visit): Promise<Page> {
  const { ask, language } = visit;
  const [t, s] = [MAKING_TEXTS(language), SETTING_TEXTS(language)];
  const project = await managedProject(visit);
  const { projectId, name, status } = project;
  const { progress } = await ask(TaskService.method.getProgress, { projectId });
  const checks = checksOf(visit, project, progress?.taskCount ?? 0);
  const items = checks.map(
    ({ isDone, isNeeded, text, href }) =>
      html`<li class="${isDone ? "done" : "open"}">${icon(isDone ? "check" : "flag")}<span>${isDone ? s.done : isNeeded ? s.needed : s.wished} <a href="${href}">${text}</a></span></li>`,
  );
  const isReady = checks.every(({ isDone, isNeeded }) => isDone || !isNeeded);
  const isDraft = status === ProjectStatus.DRAFT;
  const act = isDraft
    ? html`${isReady ? "" : html`<p class="alert">${s.notReady}</p>`}${statusForm(visit, project, ProjectStatus.PUBLISHED, { page: "publish", next: `/v1/projects/${projectId}` })}`
    : html`<p class="notice">${s.isPublished}</p><p><a class="button" href="/v1/projects/${projectId}">${s.toProject}</a></p>`;
  const body = html`<h1>${s.publishTitle}</h1>${steps(visit, "publish", { projectId })}<p class="lead">${s.publishLead}</p>
<ul class="checklist">${items}</ul>${act}${stepLinks(visit, { back: `/console/projects/${projectId}/who` })}`;
  const trail = [
    { href: "/v1/projects", name: t.projects },
    { href: `/v1/projects/${projectId}`, name },
  ];
  return { title: s.publishTitle, body, trail };
}

function checksOf({ language }: Visit, project: Project, taskCount: number): Check[] {
  const s = SETTING_TEXTS(language).checks;
  const own = `/console/projects/${project.projectId}`;
  const forTeams = [Permission.TEAMS, Permission.TEAMS_LEVEL].some((it) => it === project.mappingPermission);
  const hasTeam = project.teams.some(({ role }) => role >= ProjectRole.MAPPER);
  return [
    {
      isDone: taskCount > 0,
      isNeeded: true,
      text: taskCount > 0 ? s.tasks(taskCount) : s.noTasks,
      href: `${own}/cut`,
    },
    { isDone: !forTeams || hasTeam, isNeeded: true, text: s.who, href: `${own}/who#who` },
    { isDone: project.shortDescription !== "", isNeeded: false, text: s.short, href: `${own}/name` },
    {
      isDone: (project.instructions ?? "") !== "",
      isNeeded: false,
      text: s.instructions,
      href: `${own}/name`,
    },
    {
      isDone: project.mappingTypes.length > 0,
      isNeeded: false,
      text: s.mappingTypes,
      href: `${own}/who#work`,
    },
    { isDone: project.imagery !== "", isNeeded: false, text: s.imagery, href: `${own}/who#editing` },
    {
      isDone: project.changesetComment !== "",
      isNeeded: false,
      text: s.changesetComment,
      href: `${own}/who#editing`,
    },
  ];
}
