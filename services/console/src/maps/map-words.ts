import { LockPurpose, LockPurposeSchema } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { html } from "../html/html.ts";
import type { Visit } from "../visits/visit.ts";
import { STATES } from "./task-shapes.ts";
import { MAP_TEXTS } from "./texts.ts";

/** What the script of an interactive map needs: its words in the reader's language, and the base map. */
export function mapAttributes({ language, deps }: Visit) {
  const t = MAP_TEXTS(language);
  const states = STATES.map((it) => [`TASK_STATE_${it.toUpperCase().replace("-", "_")}`, t.stateOfOne[it]]);
  const purposes = LockPurposeSchema.values.flatMap(({ name, number }) => {
    if (number === LockPurpose.MAPPING) return [[name, t.locks.mapping]];
    return number === LockPurpose.VALIDATION ? [[name, t.locks.validation]] : [];
  });
  const words = {
    "Map.Title": t.map,
    "NavigationControl.ZoomIn": t.zoomIn,
    "NavigationControl.ZoomOut": t.zoomOut,
    "CooperativeGesturesHandler.WindowsHelpText": t.wheel,
    "CooperativeGesturesHandler.MacHelpText": t.wheelMac,
    "CooperativeGesturesHandler.MobileHelpText": t.fingers,
    task: t.taskWord,
    drawMore: t.drawMore,
    drawDone: t.drawDone,
    drawFirst: t.drawFirst,
    drawSecond: t.drawSecond,
    drawNoPlace: t.drawNoPlace,
    ...Object.fromEntries([...states, ...purposes]),
  };
  const base = deps.baseMap === undefined ? "" : html` data-base-map="${JSON.stringify(deps.baseMap)}"`;
  return html` data-words="${JSON.stringify(words)}"${base}`;
}
