import { SERVICES } from "./catalogue.ts";
import { rulesOf } from "./reason-facts.ts";

/** What only services may be given: what they tell each other. */
const SERVICES_ONLY = "services";

/** Everything that a token can be good for, as the contracts name it, in alphabetical order. */
export const SCOPES: readonly string[] = [
  ...new Set(SERVICES.flatMap(({ methods }) => methods).map((method) => rulesOf(method).scope)),
]
  .filter((scope) => scope !== "")
  .sort();

/** What a person's session is good for: everything but what services tell each other. */
export const PERSON_SCOPES: readonly string[] = SCOPES.filter((scope) => scope !== SERVICES_ONLY);
