/** Counts by name. */
export type Counts = Record<string, number>;

/** Counts one more of a name. */
export function countOne(counts: Counts, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}

/** Adds counts up, by name. */
export function added(all: Counts, more: Counts): Counts {
  const sum = { ...all };
  for (const [name, count] of Object.entries(more)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}
