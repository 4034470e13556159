import type { MessageInitShape } from "@bufbuild/protobuf";
import type { Team } from "@tessera/contracts/tessera/auth/v1/team_pb.ts";
import type { Licence } from "@tessera/contracts/tessera/project/v1/licence_pb.ts";
import type { Project, ProjectSchema } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import type { Command } from "../../forms/form.ts";
import type { Content } from "../../html/html.ts";
import type { Language } from "../../texts/languages.ts";
import type { FormData } from "../../visits/form-data.ts";
import type { Visit } from "../../visits/visit.ts";
import { SETTING_TEXTS } from "./setting-texts.ts";

/** What a form gives to a project. */
export type ProjectChange = MessageInitShape<typeof ProjectSchema>;

/** What the settings of a project are shown with. */
export interface SettingsView {
  visit: Visit;
  project: Project;
  licences: readonly Licence[];
  /** The teams that the reader can give a role to. */
  teams: readonly Team[];
  /** The names of people, as text. */
  nameOf(userId: bigint): string;
}

/** One field of UpdateProject. */
export interface Setting {
  /** Its name in the contract. */
  field: keyof ReturnType<typeof SETTING_TEXTS>["labels"];
  show(view: SettingsView, command: Command): Content;
  /** What was typed. Throws a refusal at the field for what the contract's message cannot carry. */
  read(form: FormData, visit: Visit): ProjectChange | Promise<ProjectChange>;
  /** What it holds, in words: to set two versions beside each other. */
  words(view: SettingsView, project: Project): string;
}

/** The name of a setting's field in forms and violations. */
export const nameOf = (field: string) => `project.${field}`;

export function labelOf(language: Language, field: Setting["field"]): string {
  return SETTING_TEXTS(language).labels[field];
}

/** What helps with a setting, if anything is to be said. */
export function helpOf(language: Language, field: string): string | undefined {
  const helps: Readonly<Record<string, string>> = SETTING_TEXTS(language).helps;
  return helps[field];
}
