import { PathData } from "./path-data.ts";
import type { Shape } from "./task-shapes.ts";

/** The lines between tasks, each once: those along rows and columns as long ones. `slanted` says whether to draw the others. */
export function lattice(shapes: readonly Shape[], slanted: boolean): string {
  const rows = new Map<number, [number, number][]>();
  const columns = new Map<number, [number, number][]>();
  const others = new Map<string, Shape["lines"][number]>();
  for (const { lines } of shapes)
    for (const line of lines) {
      const [x1, y1, x2, y2] = line;
      if (y1 === y2) note(rows, y1, x1, x2);
      else if (x1 === x2) note(columns, x1, y1, y2);
      else if (slanted) others.set(...fromWest(line));
    }
  const data = new PathData();
  for (const [y, stretches] of sorted(rows))
    for (const [from, to] of joined(stretches)) {
      data.move(from, y);
      data.line(to, y);
    }
  for (const [x, stretches] of sorted(columns))
    for (const [from, to] of joined(stretches)) {
      data.move(x, from);
      data.line(x, to);
    }
  for (const [x1, y1, x2, y2] of others.values()) {
    data.move(x1, y1);
    data.line(x2, y2);
  }
  return String(data);
}

/** A line from its western end, under a name that both its directions share. */
function fromWest(line: Shape["lines"][number]): [string, Shape["lines"][number]] {
  const [x1, y1, x2, y2] = line;
  return x1 < x2 ? [`${line}`, line] : [`${[x2, y2, x1, y1]}`, [x2, y2, x1, y1]];
}

function note(lines: Map<number, [number, number][]>, at: number, one: number, other: number): void {
  if (one === other) return;
  const stretch: [number, number] = [Math.min(one, other), Math.max(one, other)];
  const known = lines.get(at);
  if (known === undefined) lines.set(at, [stretch]);
  else known.push(stretch);
}

function sorted<T>(lines: Map<number, T>): [number, T][] {
  return [...lines].sort(([one], [other]) => one - other);
}

/** Stretches of a line as few that do not touch. */
function joined(stretches: [number, number][]): [number, number][] {
  const found: [number, number][] = [];
  for (const [from, to] of stretches.sort(([one], [other]) => one - other)) {
    const last = found.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
    else found.push([from, to]);
  }
  return found;
}
