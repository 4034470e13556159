import type { Page } from "../visits/page.ts";
import type { Show, Visit } from "../visits/visit.ts";
import { showProjectArea } from "./area-page.ts";
import { showNewProject } from "./new-project-page.ts";
import { showPublish } from "./publish-page.ts";
import { showSettings } from "./settings/settings-page.ts";
import { showDraftName, showWho } from "./wizard-pages.ts";

const PAGES: Readonly<Record<string, Show>> = {
  settings: showSettings,
  name: showDraftName,
  who: showWho,
  publish: showPublish,
  area: showProjectArea,
};

/** The page whose form changed a project, which says so itself. */
export const showChanged: Show = (visit) =>
  (PAGES[visit.refused?.form.text("_page") ?? ""] ?? showSettings)(visit);

/** The page from which an area was sent: a project's, or the first step of a new one. */
export const showAreaSent: Show = async (visit) => {
  const projectId = visit.refused?.form.text("project_id") ?? "";
  if (!/^[1-9]\d{0,9}$/.test(projectId)) return showNewProject(visit) as Promise<Page>;
  const params: Visit["params"] = { project_id: projectId };
  return showProjectArea({ ...visit, params });
};
