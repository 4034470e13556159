import { type Content, html } from "../html/html.ts";
import type { FormData } from "../visits/form-data.ts";
import type { Visit } from "../visits/visit.ts";
import { areaShape, type MarkedFault } from "./area-picture.ts";
import { type Area, boundsAround } from "./areas.ts";
import { degreesOf, widened } from "./bounds.ts";
import { mapAttributes } from "./map-words.ts";
import { outlineOf } from "./outline.ts";
import { MAP_TEXTS } from "./texts.ts";
import { viewBoxOf } from "./view.ts";
import { WORLD, worldPaths } from "./world.ts";

const SIDES = ["west", "south", "east", "north"] as const;
/** An area with more numbers than this is not sent with the page; the map begins there all the same. */
const NEAR_NUMBERS_MAX = 20_000;
/** Room around what is drawn already, as a part of its longer side. */
const ROOM = 0.3;

/** What an area is drawn on. */
export interface DrawnOn {
  /** What was typed. */
  typed?: FormData;
  /** What is wrong with it, at its places. */
  faults?: readonly MarkedFault[];
  /** The area as it is now, which the map begins at. */
  near?: Area | undefined;
}

/**
 * Fields for an area: drawn on a map, or without scripts the four sides of a rectangle, or GeoJSON. `drawnArea` reads them.
 * They stand in a form. What was drawn and refused is shown with its faults, also without scripts.
 */
export function areaDrawing(
  visit: Visit,
  { typed = visit.refused?.form ?? visit.form, faults = [], near }: DrawnOn = {},
): Content {
  const t = MAP_TEXTS(visit.language);
  const sides = SIDES.map(
    (side) =>
      html`<div class="field"><label for="area-${side}">${t.sides[side]}</label><input id="area-${side}" name="${side}" inputmode="decimal" value="${typed.text(side)}" autocomplete="off"></div>`,
  );
  const tool = (name: string, text: string) =>
    html`<button type="button" class="quiet" data-draw="${name}" hidden>${text}</button>`;
  const outline = outlineOf(drawnArea(typed) ?? "");
  const places = [
    ...((outline ?? near)?.coordinates ?? []),
    ...faults.flatMap(({ longitude, latitude }) => [longitude, latitude]),
  ];
  const around = boundsAround(places);
  const bounds = around === undefined ? "" : html` data-bounds="${degreesOf(widened(around, ROOM)).join()}"`;
  const marks = faults.length === 0 ? "" : html` data-faults="${JSON.stringify(faults)}"`;
  const now = near === undefined || near.coordinates.length > NEAR_NUMBERS_MAX ? "" : nearData(near);
  const start =
    outline === undefined && faults.length === 0
      ? html`<svg class="world" viewBox="${viewBoxOf(WORLD)}" aria-hidden="true">${worldPaths()}</svg>`
      : areaShape(visit, outline ?? { coordinates: [], ringLengths: [] }, faults);
  return html`<figure class="map" id="map-area" data-map="area"${bounds}${marks}${now}${mapAttributes(visit)}>
<div class="map-stage" id="map-stage-area" data-map-stage hx-morph-skip hidden></div>
<div class="map-view" data-map-picture>${start}</div>
<p class="map-tools"><button type="button" data-map-open hidden>${t.draw}</button>${tool("rectangle", t.drawRectangle)}${tool("undo", t.drawUndo)}${tool("another", t.drawAnother)}${tool("clear", t.drawClear)}</p>
<p data-draw-state role="status"></p>
<div class="draw-place" data-draw-place hidden><label for="area-place">${t.drawPlace}</label> <input id="area-place" inputmode="text" autocomplete="off" dir="ltr" placeholder="14.2, -90.9"> <button type="button" class="secondary">${t.drawAdd}</button></div>
</figure>
<details${SIDES.some((side) => typed.has(side) && typed.text(side) !== "") ? html` open` : ""}><summary>${t.rectangle}</summary><p class="help">${t.rectangleHelp}</p><div class="sides">${sides}</div></details>
<details><summary>${t.geoJson}</summary><div class="field"><label for="area-text">${t.geoJsonLabel}</label><textarea id="area-text" name="area" rows="6" dir="ltr" spellcheck="false">${typed.text("area")}</textarea></div></details>`;
}

/** The outline of the area as it is now, for the script. */
function nearData({ coordinates, ringLengths }: Area): Content {
  let at = 0;
  const lines = ringLengths.map((length) => {
    const ring = Array.from({ length }, (_, place) => {
      const first = 2 * (at + place);
      return [coordinates[first], coordinates[first + 1]];
    });
    at += length;
    return ring;
  });
  return html` data-near="${JSON.stringify({ type: "MultiLineString", coordinates: lines })}"`;
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
