import {
  type JoinMethod,
  JoinMethodSchema,
  type Team,
  TeamPurpose,
  TeamPurposeSchema,
  type TeamVisibility,
  TeamVisibilitySchema,
} from "@tessera/contracts/tessera/auth/v1/team_pb.ts";
import { checkBox, field } from "../forms/field.ts";
import type { Command } from "../forms/form.ts";
import { html } from "../html/html.ts";
import { enumChoices, enumName } from "../people/choices.ts";
import { enumValue } from "../visits/enum-value.ts";
import type { FormData } from "../visits/form-data.ts";
import type { Visit } from "../visits/visit.ts";
import { TEAM_TEXTS } from "./texts.ts";

const DESCRIPTION_ROWS = 5;
const DEFAULT_JOIN = "JOIN_METHOD_BY_REQUEST";
const DEFAULT_VISIBILITY = "TEAM_VISIBILITY_PUBLIC";

/** The fields of a team, new or not. Only managers of the organisation may change the name of one that is there. */
export function teamFields(visit: Visit, command: Command, team: Team | undefined, mayRename: boolean) {
  const t = TEAM_TEXTS(visit.language);
  const name = { name: "team.name", label: t.name, value: team?.name, required: true, maxLength: 100 };
  const purposes = TeamPurposeSchema.values
    .filter(({ number }) => number !== 0)
    .map((it) =>
      checkBox(visit, command, {
        name: "team.purposes",
        value: it.name,
        label: t.purposes[it.number as 1],
        isOn: team?.purposes.includes(it.number as TeamPurpose) ?? it.number === TeamPurpose.MAPPING,
      }),
    );
  return html`${mayRename ? field(visit, command, name) : ""}
${field(visit, command, { name: "team.description", label: t.description, help: t.descriptionHelp, value: team?.description, rows: DESCRIPTION_ROWS, maxLength: 5000 })}
${field(visit, command, {
  name: "team.visibility",
  label: t.visibility,
  value: team === undefined ? DEFAULT_VISIBILITY : enumName(TeamVisibilitySchema, team.visibility),
  options: enumChoices(TeamVisibilitySchema, t.visibilities),
})}
${field(visit, command, {
  name: "team.join_method",
  label: t.joinMethod,
  value: team === undefined ? DEFAULT_JOIN : enumName(JoinMethodSchema, team.joinMethod),
  options: enumChoices(JoinMethodSchema, t.joinMethods),
})}
<fieldset><legend>${t.purpose}</legend>${purposes}</fieldset>`;
}

/** What was typed into these fields. */
export function typedTeam(form: FormData) {
  return {
    ...(form.has("team.name") && { name: form.text("team.name") }),
    description: form.text("team.description"),
    visibility: enumValue<TeamVisibility>(TeamVisibilitySchema, form.text("team.visibility")),
    joinMethod: enumValue<JoinMethod>(JoinMethodSchema, form.text("team.join_method")),
    purposes: form.all("team.purposes").map((it) => enumValue<TeamPurpose>(TeamPurposeSchema, it)),
  };
}
