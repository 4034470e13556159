import type { HandlerContext } from "@connectrpc/connect";
import type { Names } from "../names.ts";
import type { Found } from "./import.ts";
import type { ImportedDocument } from "./imported-document.ts";

/** Maximum number of teams that auth is asked about at once. */
const TEAMS_AT_ONCE = 10;

/** Asks auth for the organisation and the teams that a document names. */
export async function findNamed(
  names: Names,
  document: ImportedDocument,
  context: HandlerContext,
): Promise<Found> {
  const { organisationName, teams } = document;
  const organisationId =
    organisationName === "" ? undefined : await names.organisation(organisationName, context);
  const teamIds: (number | undefined)[] = [];
  for (let from = 0; from < teams.length; from += TEAMS_AT_ONCE) {
    const some = teams.slice(from, from + TEAMS_AT_ONCE);
    teamIds.push(
      ...(await Promise.all(some.map(({ name }) => names.team(name, organisationId ?? 0, context)))),
    );
  }
  return { organisationId, teamIds };
}
