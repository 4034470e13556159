import { field } from "../forms/field.ts";
import { form } from "../forms/form.ts";
import { html } from "../html/html.ts";
import type { Page } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { fileField } from "./area-forms.ts";
import { SETTING_TEXTS } from "./settings/setting-texts.ts";
import { MAKING_TEXTS } from "./texts.ts";

/** Takes a project over from another tool. */
export async function showImport(visit: Visit): Promise<Page> {
  const [t, s] = [MAKING_TEXTS(visit.language), SETTING_TEXTS(visit.language).imports];
  const command = {
    method: "POST",
    action: "/console/import-project",
    submit: s.submit,
    file: true,
  } as const;
  const texts = { ...t.area, fileLabel: s.file, fileHelp: s.fileHelp };
  const forms = [["profile", s.profile] as const, ["tasking_manager_project", s.taskingManager] as const];
  const body = html`<h1>${s.title}</h1><p class="lead">${s.lead}</p>
${form(
  visit,
  command,
  field(visit, command, {
    name: "source",
    label: s.source,
    help: s.sourceHelp,
    required: true,
    maxLength: 100,
  }),
  field(visit, command, {
    name: "external_id",
    label: s.externalId,
    help: s.externalIdHelp,
    required: true,
    maxLength: 100,
  }),
  field(visit, command, { name: "form", label: s.form, options: forms }),
  fileField(visit, command, texts, ".json"),
)}`;
  return { title: s.title, body, trail: [{ href: "/v1/projects", name: t.projects }] };
}
