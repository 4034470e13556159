import {
  type Project,
  type ProjectStatus,
  ProjectStatusSchema,
} from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { type Command, form } from "../../forms/form.ts";
import { html } from "../../html/html.ts";
import { enumName } from "../../visits/enum-value.ts";
import type { Visit } from "../../visits/visit.ts";
import { type Standing, standing } from "./group-form.ts";
import { SETTING_TEXTS } from "./setting-texts.ts";

/** The button that takes a project to another status. */
export function statusForm(
  visit: Visit,
  { projectId, revision, status }: Project,
  to: ProjectStatus,
  { page, next }: Standing,
) {
  const words: Readonly<Record<string, string>> = SETTING_TEXTS(visit.language).statusButtons;
  const [from, target] = [enumName(ProjectStatusSchema, status), enumName(ProjectStatusSchema, to)];
  const command: Command = {
    method: "PATCH",
    action: `/v1/projects/${projectId}`,
    part: "status",
    revision,
    submit: words[`${from}_${target}`] ?? target,
  };
  return form(
    visit,
    command,
    standing(page, next),
    html`<input type="hidden" name="project.status" value="PROJECT_STATUS_${target}">`,
  );
}
