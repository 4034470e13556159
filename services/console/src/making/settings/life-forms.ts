import { OrganisationService } from "@tessera/contracts/tessera/auth/v1/organisation_service_pb.ts";
import { type Project, ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { checkBox, field } from "../../forms/field.ts";
import { form, refusalAt } from "../../forms/form.ts";
import { html } from "../../html/html.ts";
import type { Visit } from "../../visits/visit.ts";
import { SETTING_TEXTS } from "./setting-texts.ts";
import { statusForm } from "./status-form.ts";

const ORGANISATIONS_MAX = 100;
/** Where a project can go from each status. */
const NEXT: Readonly<Record<number, readonly ProjectStatus[]>> = {
  [ProjectStatus.DRAFT]: [ProjectStatus.PUBLISHED],
  [ProjectStatus.PUBLISHED]: [ProjectStatus.ARCHIVED, ProjectStatus.DRAFT],
  [ProjectStatus.ARCHIVED]: [ProjectStatus.PUBLISHED],
};

/** What happens to a project as a whole: open and close it, give it away, copy it, take it along, delete it. */
export async function lifeForms(visit: Visit, project: Project) {
  const t = SETTING_TEXTS(visit.language).life;
  const { projectId, revision } = project;
  const path = `/v1/projects/${projectId}`;
  const next = `/console/projects/${projectId}/settings`;
  const statuses = (NEXT[project.status] ?? []).map((to) =>
    statusForm(visit, project, to, { page: "settings", next }),
  );
  const { organisations } = await visit.ask(OrganisationService.method.listOrganisations, {
    pageSize: ORGANISATIONS_MAX,
  });
  const transfer = { method: "PUT", action: `${path}/owner`, submit: t.transferSubmit, revision } as const;
  const clone = { method: "POST", action: `${path}/clones`, submit: t.cloneSubmit } as const;
  const remove = { method: "DELETE", action: path, submit: t.removeSubmit, danger: true } as const;
  const options = [
    ["", t.keepOrganisation] as const,
    ["none", t.noOrganisation] as const,
    ...organisations.map((it) => [String(it.organisationId), it.name] as const),
  ];
  const open = (command: typeof transfer | typeof clone | typeof remove) =>
    refusalAt(visit, command) ? html` open` : "";
  return html`<div class="actions">${statuses}</div>
<p><a href="${path}/events">${t.history}</a> · <a href="/v1/projects/${projectId}/operations">${t.operations}</a> · <a href="${path}/export?f=json" download="project-${projectId}.json" hx-boost="false">${t.exportLink}</a> · <a href="/console/import-project">${t.importLink}</a></p>
<details class="choice"${open(clone)}><summary>${t.clone}</summary><p>${t.cloneHelp}</p>${form(visit, clone, field(visit, clone, { name: "name", label: t.cloneName, help: t.cloneNameHelp, maxLength: 200 }))}</details>
<details class="choice"${open(transfer)}><summary>${t.transfer}</summary><p>${t.transferHelp}</p>${form(visit, transfer, field(visit, transfer, { name: "author_name", label: t.author, help: t.authorHelp, maxLength: 64 }), field(visit, transfer, { name: "organisation_id", label: t.organisation, options }))}</details>
<details class="choice"${open(remove)}><summary>${t.remove}</summary><p>${t.removeHelp}</p>${form(visit, remove, checkBox(visit, remove, { name: "_sure", label: t.sure, isOn: false }))}</details>`;
}
