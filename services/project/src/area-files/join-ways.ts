/**
 * Joins ways, given by their nodes, end to end into rings. What does not close is answered as far as it goes: its last
 * node is not its first.
 */
export function joinWays(ways: readonly (readonly string[])[]): string[][] {
  const endsAt = new Map<string, number[]>();
  for (const [index, way] of ways.entries()) {
    for (const node of new Set([way[0], way.at(-1)])) {
      if (node === undefined) continue;
      const there = endsAt.get(node);
      if (there === undefined) endsAt.set(node, [index]);
      else there.push(index);
    }
  }
  const used = new Set<number>();
  const rings: string[][] = [];
  for (const [index, way] of ways.entries()) {
    if (used.has(index)) continue;
    used.add(index);
    const ring = [...way];
    // Each step uses a way, so that there are at most as many steps as ways.
    while (ring[0] !== ring.at(-1)) {
      const end = ring.at(-1) as string;
      const next = unused(endsAt.get(end), used);
      if (next === undefined) break;
      used.add(next);
      const added = ways[next] as readonly string[];
      for (const node of (added[0] === end ? added : added.toReversed()).slice(1)) ring.push(node);
    }
    rings.push(ring);
  }
  return rings;
}

/** Takes a way out of those that end at a node: each is looked at once. */
function unused(ways: number[] | undefined, used: ReadonlySet<number>): number | undefined {
  for (let way = ways?.pop(); way !== undefined; way = ways?.pop()) {
    if (!used.has(way)) return way;
  }
  return undefined;
}
