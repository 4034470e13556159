import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import { ProjectRole, ProjectRoleSchema } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { checkBox, field } from "../../forms/field.ts";
import { fieldRefusal } from "../../forms/field-refusal.ts";
import { html } from "../../html/html.ts";
import { enumValue } from "../../visits/enum-value.ts";
import type { Visit } from "../../visits/visit.ts";
import { helpOf, labelOf, nameOf, type Setting, type SettingsView } from "./setting.ts";
import { SETTING_TEXTS } from "./setting-texts.ts";

/** As the contract takes them. */
const TEAMS_MAX = 100;
/** At most this many people are looked up for one form. */
const ADDED_MAX = 20;
const LOOKED_AT = 20;

/** The licence of the imagery. */
export const LICENCE: Setting = {
  field: "licence_id",
  show({ visit, project, licences }, command) {
    const t = SETTING_TEXTS(visit.language);
    const options = [
      ["", t.none] as const,
      ...licences.map((it) => [String(it.licenceId), it.name] as const),
    ];
    const [label, help] = [t.labels.licence_id, helpOf(visit.language, "licence_id") ?? ""];
    return field(visit, command, {
      name: nameOf("licence_id"),
      label,
      help,
      options,
      value: project.licenceId ?? "",
    });
  },
  read(form) {
    const licenceId = form.number(nameOf("licence_id"));
    return licenceId === undefined ? {} : { licenceId };
  },
  words: ({ licences }, { licenceId }) =>
    licences.find((it) => it.licenceId === licenceId)?.name ??
    (licenceId === undefined ? "" : String(licenceId)),
};

const ROLES = [ProjectRole.MAPPER, ProjectRole.VALIDATOR, ProjectRole.MANAGER] as const;
const roleName = (role: ProjectRole) => ProjectRoleSchema.values.find((it) => it.number === role)?.name ?? "";

/** Teams with their roles: a row for each that has one, and a row to add another. */
export const TEAMS: Setting = {
  field: "teams",
  show(view, command) {
    const { visit, project, teams } = view;
    const t = SETTING_TEXTS(visit.language);
    const roles = (none: string) => [
      ["", none] as const,
      ...ROLES.map((role) => [roleName(role), roleWord(view, role)] as const),
    ];
    const rows = project.teams.map(({ teamId, role }, at) => {
      const row = `${nameOf("teams")}[${at}]`;
      return html`<input type="hidden" name="${row}.team_id" value="${teamId}">${field(visit, command, { name: `${row}.role`, label: teamName(view, teamId), options: roles(t.removeTeam), value: roleName(role) })}`;
    });
    const at = project.teams.length;
    const free = teams.filter(({ teamId }) => !project.teams.some((it) => it.teamId === teamId));
    const row = `${nameOf("teams")}[${at}]`;
    const add =
      free.length === 0
        ? html`<p class="help">${t.noTeams} <a href="/v1/teams">${t.toTeams}</a></p>`
        : html`<div class="four">${field(visit, command, { name: `${row}.team_id`, label: t.addTeam, options: [["", t.none], ...free.map((it) => [String(it.teamId), it.name] as const)] })}${field(visit, command, { name: `${row}.role`, label: t.role, options: roles(t.none) })}</div>`;
    return html`<fieldset><legend>${t.labels.teams}</legend><p class="help">${helpOf(visit.language, "teams") ?? ""}</p>${rows}${add}</fieldset>`;
  },
  read(form) {
    const teams = [];
    for (let at = 0; at <= TEAMS_MAX && form.has(`${nameOf("teams")}[${at}].team_id`); at += 1) {
      const teamId = form.number(`${nameOf("teams")}[${at}].team_id`);
      const role = form.text(`${nameOf("teams")}[${at}].role`);
      if (teamId !== undefined && role !== "")
        teams.push({ teamId, role: enumValue<ProjectRole>(ProjectRoleSchema, role) });
    }
    return { teams };
  },
  words: (view, { teams }) =>
    teams.map(({ teamId, role }) => `${teamName(view, teamId)}: ${roleWord(view, role)}`).join("\n"),
};

function teamName({ visit, teams }: SettingsView, teamId: number): string {
  return teams.find((it) => it.teamId === teamId)?.name ?? SETTING_TEXTS(visit.language).team(teamId);
}

function roleWord({ visit }: SettingsView, role: ProjectRole): string {
  const roles: Readonly<Record<string, string>> = SETTING_TEXTS(visit.language).values;
  return roles[roleName(role)] ?? "";
}

const ALLOWED = nameOf("allowed_user_ids");
const ADDED = "_people";

/** The people who may see a private project: those there are, and names to add. */
export const ALLOWED_PEOPLE: Setting = {
  field: "allowed_user_ids",
  show({ visit, project, nameOf: personName }, command) {
    const t = SETTING_TEXTS(visit.language);
    const kept = project.allowedUserIds.map((id) =>
      checkBox(visit, command, { name: ALLOWED, value: String(id), label: personName(id), isOn: true }),
    );
    return html`<fieldset><legend>${labelOf(visit.language, "allowed_user_ids")}</legend>${kept}${field(visit, command, { name: ADDED, label: t.addPeople, help: t.addPeopleHelp, rows: 3 })}</fieldset>`;
  },
  async read(form, visit) {
    const kept = form
      .all(ALLOWED)
      .filter((id) => /^\d{1,18}$/.test(id))
      .map(BigInt);
    const names = form
      .text(ADDED)
      .split("\n")
      .map((it) => it.trim())
      .filter((it) => it !== "");
    if (names.length > ADDED_MAX)
      throw fieldRefusal(ADDED, SETTING_TEXTS(visit.language).tooManyPeople(ADDED_MAX));
    const added = await Promise.all(names.map((name) => userIdOf(visit, name, ADDED)));
    return { allowedUserIds: [...new Set([...kept, ...added])] };
  },
  words: ({ nameOf: personName }, { allowedUserIds }) => allowedUserIds.map(personName).join("\n"),
};

/** The person of a name, whatever the case of its letters. Refuses at `at` a name that nobody has. */
export async function userIdOf({ ask, language }: Visit, name: string, at: string): Promise<bigint> {
  const { users } = await ask(UserService.method.listUsers, { query: name, pageSize: LOOKED_AT });
  const same = users.filter((it) => it.name.toLowerCase() === name.toLowerCase());
  const user = users.find((it) => it.name === name) ?? (same.length === 1 ? same[0] : undefined);
  if (user === undefined) throw fieldRefusal(at, SETTING_TEXTS(language).nobody(name));
  return user.userId;
}
