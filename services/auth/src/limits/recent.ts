const NAMES_MAX = 50_000;

/** Names that were seen not long ago; of too many, those that were not seen for longest are forgotten. */
export function recent(keptMs: number, namesMax = NAMES_MAX) {
  const untilMs = new Map<string, number>();
  return {
    has: (name: string): boolean => (untilMs.get(name) ?? 0) > Date.now(),
    add(name: string): void {
      untilMs.delete(name);
      const [oldest] = untilMs.size >= namesMax ? untilMs.keys() : [];
      if (oldest !== undefined) untilMs.delete(oldest);
      untilMs.set(name, Date.now() + keptMs);
    },
  };
}
