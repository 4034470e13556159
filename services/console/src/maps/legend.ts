import type { Progress } from "@tessera/contracts/tessera/task/v1/progress_pb.ts";
import { number } from "../html/formats.ts";
import { html, trusted } from "../html/html.ts";
import type { Language } from "../texts/languages.ts";
import type { DrawnTasks } from "./draw-tasks.ts";
import { pattern } from "./patterns.ts";
import { type Lock, STATES, type State } from "./task-shapes.ts";
import { MAP_TEXTS } from "./texts.ts";

/** One entry of the legend: how a group of tasks looks, and how many there are. */
interface Entry {
  state: State;
  lock: Lock;
  name: string;
  count: number;
}

/** What the colours and patterns of a map of tasks mean, with the number of tasks of each. */
export function legend(language: Language, progress: Progress, held: DrawnTasks["held"]) {
  const t = MAP_TEXTS(language);
  const items = entries(language, progress, held).map(
    ({ state, lock, name, count }) =>
      html`<li>${swatch(state, lock)}<span>${name}</span> <b>${number(language, count)}</b></li>`,
  );
  return html`<ul class="legend" aria-label="${t.legend}">${items}</ul>`;
}

/** The same in a sentence. */
export function summary(language: Language, progress: Progress, held: DrawnTasks["held"]): string {
  const t = MAP_TEXTS(language);
  const parts = entries(language, progress, held)
    .filter(({ count }) => count > 0)
    .map(({ name, count }) => t.part(name, number(language, count)));
  return t.summary(progress.taskCount, parts.join(", "));
}

function entries(language: Language, progress: Progress, held: DrawnTasks["held"]): Entry[] {
  const t = MAP_TEXTS(language);
  const counts: Record<State, number> = {
    ready: progress.readyCount,
    mapped: progress.mappedCount,
    validated: progress.validatedCount,
    invalidated: progress.invalidatedCount,
    "bad-imagery": progress.badImageryCount,
  };
  const states = STATES.map((state) => ({
    state,
    lock: "free" as const,
    name: t.states[state],
    count: counts[state],
  }));
  if (held === undefined)
    return [...states, { state: "ready", lock: "mapping", name: t.locks.any, count: progress.lockedCount }];
  return [
    ...states,
    { state: "ready", lock: "mapping", name: t.locks.mapping, count: held.mapping },
    { state: "mapped", lock: "validation", name: t.locks.validation, count: held.validation },
  ];
}

/** A small piece of a map. */
function swatch(state: State, lock: Lock) {
  const id = `legend-${state}-${lock}`;
  return trusted(
    `<svg class="swatch" viewBox="0 0 32 16" aria-hidden="true" focusable="false"><defs>${pattern(id, state, lock)}</defs><rect fill="url(#${id})" width="32" height="16"/></svg>`,
  );
}
