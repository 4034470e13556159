import { create } from "@bufbuild/protobuf";
import { ProjectSchema } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { bothVersions } from "../../forms/both-versions.ts";
import { type Command, form, isStale, refusalAt } from "../../forms/form.ts";
import { type Content, html } from "../../html/html.ts";
import { GROUPS, type Group } from "./groups.ts";
import { labelOf, nameOf, type Setting, type SettingsView } from "./setting.ts";
import { SETTING_TEXTS } from "./setting-texts.ts";

/** Where a form of settings stands, and where it leads to when it is saved. */
export interface Standing {
  /** The page that shows it, which is shown again when it is refused. */
  page: SettingsPage;
  next: string;
  submit?: string;
}

/** The pages that have forms of settings. */
export type SettingsPage = "settings" | "name" | "who" | "publish" | "area";

/** The form of one group of settings. If somebody else changed the project meanwhile, both versions stand in its place. */
export async function groupForm(
  view: SettingsView,
  group: Group,
  { page, next, submit }: Standing,
): Promise<Content> {
  const { visit, project } = view;
  const command: Command = {
    method: "PATCH",
    action: `/v1/projects/${project.projectId}`,
    part: group,
    revision: project.revision,
    submit: submit ?? SETTING_TEXTS(visit.language).save,
  };
  if (isStale(refusalAt(visit, command))) return stale(view, command, GROUPS[group]);
  const settings = GROUPS[group].map((it) => it.show(view, command));
  return form(visit, command, standing(page, next), settings);
}

/** The hidden fields of a form that changes a project. */
export function standing(page: SettingsPage, next: string): Content {
  return html`<input type="hidden" name="_page" value="${page}"><input type="hidden" name="_next" value="${next}">`;
}

async function stale(view: SettingsView, command: Command, settings: readonly Setting[]): Promise<Content> {
  const { visit, project } = view;
  const sent = visit.refused?.form;
  if (sent === undefined) return "";
  const changes = await Promise.all(settings.map((it) => it.read(sent, visit)));
  const mine = create(ProjectSchema, Object.assign({}, ...changes));
  const versions = settings.map((it) => ({
    field: nameOf(it.field),
    label: labelOf(visit.language, it.field),
    mine: it.words(view, mine),
    theirs: it.words(view, project),
  }));
  return bothVersions(visit, command, versions);
}
