import { OrganisationService } from "@tessera/contracts/tessera/auth/v1/organisation_service_pb.ts";
import type { Visit } from "../visits/visit.ts";
import { SEARCH_TEXTS } from "./search-texts.ts";

/** The most organisations that one call returns. */
const BATCH_MAX = 100;

/** Reads the names of the organisations that a page mentions, in one call; none if there are none. */
export async function organisationNames(
  { ask, language }: Pick<Visit, "ask" | "language">,
  ids: readonly (number | undefined)[],
): Promise<(id: number) => string> {
  const wanted = [...new Set(ids.filter((it) => it !== undefined && it > 0) as number[])].slice(0, BATCH_MAX);
  const names = new Map<number, string>();
  if (wanted.length > 0) {
    const { organisations } = await ask(OrganisationService.method.batchGetOrganisations, {
      organisationIds: wanted,
    });
    for (const { organisationId, name } of organisations) names.set(organisationId, name);
  }
  return (id) => names.get(id) ?? SEARCH_TEXTS(language).organisation(id);
}
