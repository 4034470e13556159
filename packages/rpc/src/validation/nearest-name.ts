/** Longer names are compared with none. */
const LENGTH_MAX = 60;
/** A name is near if it differs in at most this part of its letters, and in one at least. */
const NEAR_PART = 3;

/** The name that is most like `name`, if one of them is near. */
export function nearestName(name: string, names: readonly string[]): string | undefined {
  if (name.length > LENGTH_MAX) return undefined;
  let best: { name: string; steps: number } | undefined;
  for (const it of names) {
    const steps = stepsBetween(name.toLowerCase(), it.toLowerCase());
    if (steps <= Math.max(1, Math.floor(it.length / NEAR_PART)) && steps < (best?.steps ?? Infinity))
      best = { name: it, steps };
  }
  return best?.name;
}

/** How many letters are put in, left out, changed or swapped between two names (optimal string alignment). */
function stepsBetween(from: string, to: string): number {
  let before: number[] = [];
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const changed = (row[j - 1] as number) + (from[i - 1] === to[j - 1] ? 0 : 1);
      const isSwap = from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      const swapped = isSwap ? (before[j - 2] ?? Infinity) + 1 : Infinity;
      next.push(Math.min(changed, swapped, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    before = row;
    row = next;
  }
  return row[to.length] as number;
}
