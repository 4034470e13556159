import { SERVICES } from "./catalogue.ts";
import { rulesOf } from "./reason-facts.ts";

/** The scope that only services may have: calls between services. */
const SERVICES_ONLY = "services";

/** All scopes of the contracts, in alphabetical order. */
export const SCOPES: readonly string[] = [
  ...new Set(SERVICES.flatMap(({ methods }) => methods).map((method) => rulesOf(method).scope)),
]
  .filter((scope) => scope !== "")
  .sort();

/** The scopes of a person's session: all but calls between services. */
export const PERSON_SCOPES: readonly string[] = SCOPES.filter((scope) => scope !== SERVICES_ONLY);
