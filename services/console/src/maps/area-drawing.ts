import { html } from "../html/html.ts";
import type { FormData } from "../visits/form-data.ts";
import type { Visit } from "../visits/visit.ts";
import { mapAttributes } from "./map-words.ts";
import { MAP_TEXTS } from "./texts.ts";
import { viewBoxOf } from "./view.ts";
import { WORLD, worldPaths } from "./world.ts";

const SIDES = ["west", "south", "east", "north"] as const;

/**
 * Fields for an area: drawn on a map, or without scripts the four sides of a rectangle, or GeoJSON. `drawnArea` reads them.
 * They stand in a form.
 */
export function areaDrawing(visit: Visit, typed: FormData = visit.refused?.form ?? visit.form) {
  const t = MAP_TEXTS(visit.language);
  const sides = SIDES.map(
    (side) =>
      html`<div class="field"><label for="area-${side}">${t.sides[side]}</label><input id="area-${side}" name="${side}" inputmode="decimal" value="${typed.text(side)}" autocomplete="off"></div>`,
  );
  const tool = (name: string, text: string) =>
    html`<button type="button" class="quiet" data-draw="${name}" hidden>${text}</button>`;
  return html`<figure class="map" id="map-area" data-map="area"${mapAttributes(visit)}>
<div class="map-stage" id="map-stage-area" data-map-stage hx-morph-skip hidden></div>
<div class="map-view" data-map-picture><svg class="world" viewBox="${viewBoxOf(WORLD)}" aria-hidden="true">${worldPaths()}</svg></div>
<p class="map-tools"><button type="button" data-map-open hidden>${t.draw}</button>${tool("undo", t.drawUndo)}${tool("another", t.drawAnother)}${tool("clear", t.drawClear)}</p>
<p data-draw-state role="status"></p>
</figure>
<details${SIDES.some((side) => typed.has(side)) ? html` open` : ""}><summary>${t.rectangle}</summary><p class="help">${t.rectangleHelp}</p><div class="sides">${sides}</div></details>
<details><summary>${t.geoJson}</summary><div class="field"><label for="area-text">${t.geoJsonLabel}</label><textarea id="area-text" name="area" rows="6" dir="ltr" spellcheck="false">${typed.text("area")}</textarea></div></details>`;
}

/** The area of a form with these fields as GeoJSON: what was drawn or typed, else the rectangle; undefined for neither. */
export function drawnArea(form: FormData): string | undefined {
  const area = form.optional("area");
  if (area !== undefined) return area;
  // People write 36,8 as well as 36.8.
  const [west, south, east, north] = SIDES.map((side) => form.optional(side)?.replace(",", "."));
  if (west === undefined || south === undefined || east === undefined || north === undefined)
    return undefined;
  const [left, bottom, right, top] = [west, south, east, north].map(Number);
  const ring = [
    [left, bottom],
    [right, bottom],
    [right, top],
    [left, top],
    [left, bottom],
  ];
  return JSON.stringify({ type: "Polygon", coordinates: [ring] });
}
