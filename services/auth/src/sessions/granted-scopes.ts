import { scopeNotAllowed } from "./refusals.ts";

/** Refuses SCOPE_NOT_ALLOWED where something is asked for that is not allowed. */
export function refuseBeyond(asked: readonly string[], allowed: readonly string[]): void {
  const beyond = asked.find((scope) => !allowed.includes(scope));
  if (beyond !== undefined) throw scopeNotAllowed(beyond);
}

/** What is given of what is allowed: what is asked for, or all where nothing is. Refuses SCOPE_NOT_ALLOWED. */
export function grantedScopes(asked: readonly string[], allowed: readonly string[]): string[] {
  refuseBeyond(asked, allowed);
  if (allowed.length === 0) throw scopeNotAllowed("");
  return asked.length === 0 ? [...allowed] : [...asked];
}
