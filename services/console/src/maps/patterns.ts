import type { Lock, State } from "./task-shapes.ts";

/** The lines by which states differ, beside their colours. */
export const STATE_MARKS: Record<State, string> = {
  ready: "",
  mapped: "M-1 3l4-4M-1 9L9-1M5 9l4-4",
  validated: "M4 2v4M2 4h4",
  invalidated: "M1 1l6 6M7 1L1 7",
  "bad-imagery": "M2 1.5v1M6 5.5v1",
};
/** The bars of tasks that somebody holds. */
export const LOCK_MARKS: Record<Lock, string> = { free: "", mapping: "M4 0v8", validation: "M0 4h8" };

/** A fill that shows a state and a lock by colour and by pattern. The colours are those of maps.css. */
export function pattern(id: string, state: State, lock: Lock, scale = 1): string {
  const marks = [
    ["mark", STATE_MARKS[state]],
    [`held held-${lock}`, LOCK_MARKS[lock]],
  ].filter(([, data]) => data !== "");
  const lines = marks.map(([name, data]) => `<path class="${name}" d="${data}"/>`).join("");
  const larger = scale === 1 ? "" : ` patternTransform="scale(${scale.toFixed(2)})"`;
  return `<pattern id="${id}" width="8" height="8" patternUnits="userSpaceOnUse"${larger}><rect class="task-${state}" width="8" height="8"/>${lines}</pattern>`;
}
