import type { Access } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { type Project, ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { type Html, html } from "../html/html.ts";
import type { Crumb } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { TABS_TEXTS } from "./tabs-texts.ts";

/** The pages of a project that its navigation leads to. */
export type ProjectTab = "overview" | "tasks" | "validation" | "activity" | "contributors" | "settings";

/** A project as its pages need it. */
export interface ProjectHead {
  projectId: number;
  project: Project;
  access: Access;
  name: string;
  /** Its status, if it is not the usual one: a mark for drafts and archived projects. */
  status: Html | "";
  /** The way to a page below the project's own. */
  trail: readonly Crumb[];
  /** The navigation of the project's pages: `current` is the one that it stands on. */
  tabs(current: ProjectTab): Html;
}

/** Reads a project and what the reader may do in it, once for a page. Throws the Refusal of a project that is hidden or gone. */
export async function projectHead(visit: Visit, projectId: number): Promise<ProjectHead> {
  const { ask, language, readerLanguages } = visit;
  const [{ project }, { access }] = await Promise.all([
    ask(ProjectService.method.getProject, { projectId, languages: [...readerLanguages] }),
    ask(ProjectService.method.getAccess, { projectId }),
  ]);
  if (project === undefined || access === undefined)
    throw new Error(`project ${projectId} came without a document`);
  const { name } = project;
  const trail = [
    { href: "/v1/projects", name: TABS_TEXTS(language).projects },
    { href: `/v1/projects/${projectId}`, name },
  ];
  const tabs = (current: ProjectTab) => projectTabs(visit, { projectId, access }, current);
  return { projectId, project, access, name, status: statusMark(visit, project.status), trail, tabs };
}

/** The navigation of a project's pages: those that the reader may use. */
export function projectTabs(
  { language }: Pick<Visit, "language">,
  { projectId, access }: Pick<ProjectHead, "projectId" | "access">,
  current: ProjectTab,
): Html {
  const t = TABS_TEXTS(language);
  const [resource, own] = [`/v1/projects/${projectId}`, `/console/projects/${projectId}`];
  const tabs: readonly (readonly [ProjectTab, href: string, isShown: boolean])[] = [
    ["overview", resource, true],
    ["tasks", `${resource}/tasks`, true],
    ["validation", `${own}/validation`, access.validation?.permitted ?? false],
    ["activity", `${resource}/task-events`, true],
    ["contributors", `${resource}/contributors`, true],
    ["settings", `${own}/settings`, access.management?.permitted ?? false],
  ];
  const links = tabs
    .filter(([tab, , isShown]) => isShown || tab === current)
    .map(
      ([tab, href]) =>
        html`<li><a href="${href}"${tab === current ? html` aria-current="page"` : ""}>${t[tab]}</a></li>`,
    );
  return html`<nav class="tabs" aria-label="${t.pages}"><ul>${links}</ul></nav>`;
}

/** Says that a project is a draft or archived; nothing for one that is open. */
export function statusMark({ language }: Pick<Visit, "language">, status: ProjectStatus): Html | "" {
  const t = TABS_TEXTS(language).status;
  if (status === ProjectStatus.DRAFT) return html`<p class="mark draft">${t.DRAFT}</p>`;
  if (status === ProjectStatus.ARCHIVED) return html`<p class="mark archived">${t.ARCHIVED}</p>`;
  return "";
}
