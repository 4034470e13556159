/** The claim `act` (RFC 8693, 4.1): the actor, and within it the earlier actors. */
export interface ActClaim {
  sub: string;
  act?: ActClaim;
}

/** Names services that act by a token, the last one first; undefined for none. */
export function actClaim(actors: readonly string[]): ActClaim | undefined {
  return actors.reduceRight<ActClaim | undefined>(
    (before, sub) => ({ sub, ...(before && { act: before }) }),
    undefined,
  );
}

/** The services that act by a token, the last one first. */
export function actorsIn(act: unknown): string[] {
  const { sub, act: before } = (act ?? {}) as { sub?: unknown; act?: unknown };
  return typeof sub === "string" ? [sub, ...actorsIn(before)] : [];
}
