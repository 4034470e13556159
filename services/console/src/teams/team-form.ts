import type { Team } from "@tessera/contracts/tessera/auth/v1/team_pb.ts";
import { bothVersions, type TwoVersions } from "../forms/both-versions.ts";
import { type Command, form, isStale, refusalAt } from "../forms/form.ts";
import type { Content } from "../html/html.ts";
import type { Visit } from "../visits/visit.ts";
import { teamFields, typedTeam } from "./team-fields.ts";
import { TEAM_TEXTS } from "./texts.ts";

type Typed = ReturnType<typeof typedTeam>;

/** The form that changes a team. If somebody else changed it meanwhile, both versions stand in its place. */
export function teamForm(visit: Visit, command: Command, team: Team, mayRename: boolean): Content {
  const sent = visit.refused?.form;
  return sent !== undefined && isStale(refusalAt(visit, command))
    ? bothVersions(visit, command, versions(visit, typedTeam(sent), team))
    : form(visit, command, teamFields(visit, command, team, mayRename));
}

function versions({ language }: Visit, mine: Typed, theirs: Team): TwoVersions[] {
  const t = TEAM_TEXTS(language);
  const purposes = (of: Typed["purposes"]) =>
    of
      .toSorted()
      .map((it) => t.purposes[it as 1])
      .join(", ");
  const name =
    mine.name === undefined
      ? []
      : [{ field: "team.name", label: t.name, mine: mine.name, theirs: theirs.name }];
  return [
    ...name,
    {
      field: "team.description",
      label: t.description,
      mine: mine.description,
      theirs: theirs.description,
    },
    {
      field: "team.visibility",
      label: t.visibility,
      mine: t.visibilities[mine.visibility as 1],
      theirs: t.visibilities[theirs.visibility as 1],
    },
    {
      field: "team.join_method",
      label: t.joinMethod,
      mine: t.joinMethods[mine.joinMethod as 1],
      theirs: t.joinMethods[theirs.joinMethod as 1],
    },
    {
      field: "team.purposes",
      label: t.purpose,
      mine: purposes(mine.purposes),
      theirs: purposes(theirs.purposes),
    },
  ];
}
