import { TeamService } from "@tessera/contracts/tessera/auth/v1/team_service_pb.ts";
import { LicenceService } from "@tessera/contracts/tessera/project/v1/licence_service_pb.ts";
import { type Project, ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { form } from "../forms/form.ts";
import { languageName } from "../html/formats.ts";
import { html } from "../html/html.ts";
import { markdown } from "../html/markdown.ts";
import { taskPicture } from "../maps/task-picture.ts";
import { namesOf } from "../people/names.ts";
import type { Page } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { organisationNames } from "./organisation-names.ts";
import { editingFacts, type Named, progressFacts, projectFacts, projectFiles } from "./overview-facts.ts";
import { OVERVIEW_TEXTS } from "./overview-texts.ts";
import { projectHead } from "./project-tabs.ts";
import { takePart } from "./take-part.ts";

/** One project: what to do, how far it is, and how to take part. */
export async function showProject(visit: Visit): Promise<Page> {
  const t = OVERVIEW_TEXTS(visit.language);
  const projectId = Number(visit.params.project_id);
  const [head, picture] = await Promise.all([projectHead(visit, projectId), taskPicture(visit, projectId)]);
  const { project, name, status, tabs, trail } = head;
  const named = await readNamed(visit, project);
  const isPublic = !project.private && project.status !== ProjectStatus.DRAFT;
  const progress = () =>
    html`<section id="progress" data-live="progress" aria-labelledby="far"><h2 id="far">${t.progress}</h2>${progressFacts(visit, project)}</section>`;
  const body = html`<h1 dir="auto">${name}</h1>${status}${tabs("overview")}
<div class="project"><div class="telling"><p class="lead" dir="auto">${project.shortDescription}</p>${favourite(visit, project)}
${takePart(visit, head, named.licence)}
<section><h2>${t.map}</h2>${picture}</section>
${texts(visit, project)}</div>
<div class="knowing">${progress()}<section><h2>${t.editing}</h2>${editingFacts(visit, project)}</section>
<section><h2>${t.facts}</h2>${projectFacts(visit, project, named)}</section>
<section><h2>${t.files}</h2>${projectFiles(visit, project, isPublic)}</section></div></div>`;
  return {
    title: name,
    body,
    parts: { progress },
    trail: trail.slice(0, 1),
    scripts: ["copy"],
    alternates: html`<link rel="alternate" type="application/geo+json" href="/v1/projects/${projectId}?f=geojson">`,
  };
}

/** Reads what a project names by number, all at once. */
async function readNamed(visit: Visit, project: Project): Promise<Named> {
  const { ask } = visit;
  const { licenceId, teams, organisationId, authorUserId } = project;
  const teamIds = teams.map((it) => it.teamId);
  const [nameOf, organisationOf, found, terms] = await Promise.all([
    namesOf(visit, [authorUserId]),
    organisationNames(visit, [organisationId]),
    teamIds.length === 0 ? undefined : ask(TeamService.method.batchGetTeams, { teamIds }),
    licenceId === undefined ? undefined : ask(LicenceService.method.getLicence, { licenceId }),
  ]);
  return { nameOf, organisationOf, teams: found?.teams ?? [], licence: terms?.licence };
}

/** The texts that people wrote, in the reader's language where there is one. */
function texts({ language }: Visit, project: Project) {
  const t = OVERVIEW_TEXTS(language);
  const { instructions = "", description = "", taskInstructions = "", language: shown } = project;
  const isOther = shown !== undefined && shown !== "" && !shown.startsWith(language.slice(0, 2));
  const lang = isOther ? html` lang="${shown}"` : "";
  return html`<section><h2>${t.instructions}</h2>${isOther ? html`<p class="help">${t.shownIn(languageName(language, shown))}</p>` : ""}<div${lang}>${instructions === "" ? html`<p>${t.noInstructions}</p>` : markdown(instructions)}</div></section>
${taskInstructions === "" ? "" : html`<section><h2>${t.taskInstructions}</h2><div${lang}>${markdown(taskInstructions)}</div></section>`}
${description === "" ? "" : html`<section><h2>${t.about}</h2><div${lang}>${markdown(description)}</div></section>`}`;
}

/** A button that marks the project, or takes the mark away. */
function favourite(visit: Visit, { projectId, favourite: isMarked }: Project) {
  if (visit.person === undefined) return "";
  const t = OVERVIEW_TEXTS(visit.language);
  return form(visit, {
    method: isMarked ? "DELETE" : "PUT",
    action: `/v1/users/me/favourites/${projectId}`,
    submit: isMarked ? t.unmark : t.mark,
    quiet: true,
  });
}
