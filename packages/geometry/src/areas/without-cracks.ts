import { addEdge, noEdges, ringsOfEdges } from "./edges.ts";
import type { Positions } from "./trace-faces.ts";

/**
 * Takes out of rings what has no width: of two edges between the same two points that run against each other, both. What is
 * left counts as one polygon.
 */
export function withoutCracks({ x, y, ends }: Positions): Positions {
  const edges = new Map<string, { from: number; to: number; times: number }>();
  let first = 0;
  for (const end of ends) {
    for (let from = first; from < end; from++) {
      const to = from + 1 < end ? from + 1 : first;
      const [a, b] = [`${x[from]} ${y[from]}`, `${x[to]} ${y[to]}`];
      if (a === b) continue;
      const against = edges.get(`${b} ${a}`);
      if (against !== undefined && against.times > 0) {
        against.times--;
        continue;
      }
      const edge = edges.get(`${a} ${b}`);
      if (edge === undefined) edges.set(`${a} ${b}`, { from, to, times: 1 });
      else edge.times++;
    }
    first = end;
  }
  const kept = noEdges();
  for (const { from, to, times } of edges.values()) {
    for (let i = 0; i < times; i++) {
      addEdge(kept, 0, x[from] as number, y[from] as number, x[to] as number, y[to] as number);
    }
  }
  return ringsOfEdges(kept);
}
