/** What one person did in a project. */
export interface Contribution {
  /** Tasks whose present mapping, and whose present validation, is this person's. */
  mapped: number;
  validated: number;
  /** How often the person submitted a mapping, and a validation. */
  mappings: number;
  validations: number;
  /** Tasks that the person holds. */
  held: number;
  /** When the person last submitted something. */
  last: Date | null;
}

/** By user. */
export type Contributions = ReadonlyMap<bigint, Contribution>;

/** The contribution of one person, or a change of it. */
export type Of = Contribution & { userId: bigint };

/** Adds changes to contributions. People who have contributed nothing are left out. */
export function plus(contributions: Contributions, changes: readonly Of[]): Contributions {
  return changed(contributions, changes, 1);
}

/** Takes changes off contributions. The last submission stays, as it happened. */
export function minus(contributions: Contributions, changes: readonly Of[]): Contributions {
  return changed(contributions, changes, -1);
}

const NOTHING: Contribution = { mapped: 0, validated: 0, mappings: 0, validations: 0, held: 0, last: null };

function changed(contributions: Contributions, changes: readonly Of[], sign: 1 | -1): Contributions {
  const all = new Map(contributions);
  for (const { userId, last, ...change } of changes) {
    const before = all.get(userId) ?? NOTHING;
    const after = {
      mapped: before.mapped + sign * change.mapped,
      validated: before.validated + sign * change.validated,
      mappings: before.mappings + sign * change.mappings,
      validations: before.validations + sign * change.validations,
      held: before.held + sign * change.held,
      last: later(before.last, last),
    };
    const { last: _, ...counts } = after;
    if (Object.values(counts).some((count) => count !== 0)) all.set(userId, after);
    else all.delete(userId);
  }
  return all;
}

function later(one: Date | null, other: Date | null): Date | null {
  if (one === null || other === null) return one ?? other;
  return one > other ? one : other;
}
