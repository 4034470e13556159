import { latitudeAt, WORLD_UNITS } from "@tessera/geometry/tiles/mercator.ts";
import { number } from "../html/formats.ts";
import { type Html, html } from "../html/html.ts";
import type { Visit } from "../visits/visit.ts";
import { type Area, areaData, boundsAround } from "./areas.ts";
import { borderLines } from "./border-lines.ts";
import { type Bounds, widened } from "./bounds.ts";
import { MAP_TEXTS } from "./texts.ts";
import { placeIn, type View, viewBoxOf, viewOf } from "./view.ts";

/** A fault of an area, at its place. */
export interface MarkedFault {
  longitude: number;
  latitude: number;
  /** What is wrong there, in a few words. */
  label: string;
}

const LONG_SIDE = 800;
/** Room around an area, as a part of its longer side. */
const ROOM = 0.15;
/** The least part of the world that is shown, so that a single fault has ground around it: some 200 m. */
const LEAST = 0.000_005;
const EARTH_KILOMETRES = 40_075;
const MARK_RADIUS = 11;
const FAULTS_MAX = 100;

/**
 * An area with the borders of countries around it, and with faults at their places. Faults are numbered; the list below the
 * picture says what is wrong at each.
 */
export function areaPicture(visit: Visit, area: Area, faults: readonly MarkedFault[] = []): Html {
  const shape = areaShape(visit, area, faults);
  if (String(shape) === "") return shape;
  const list = faultList(faults.slice(0, FAULTS_MAX), MAP_TEXTS(visit.language).fault);
  return html`<figure class="map">${shape}${list}</figure>`;
}

/** The picture alone, without the words of the faults. */
export function areaShape({ language }: Visit, area: Area, faults: readonly MarkedFault[] = []): Html {
  const t = MAP_TEXTS(language);
  const shown = faults.slice(0, FAULTS_MAX);
  const places = [...area.coordinates, ...shown.flatMap(({ longitude, latitude }) => [longitude, latitude])];
  const around = boundsAround(places);
  if (around === undefined) return html``;
  const view = viewOf(widened(around, ROOM, LEAST), LONG_SIDE);
  const size = sizeOf(around);
  const label = [
    t.area(number(language, size.width, 1), number(language, size.height, 1)),
    ...(shown.length > 0 ? [t.faults(shown.length)] : []),
  ].join(" ");
  return html`<svg class="area" viewBox="${viewBoxOf(view)}" role="img" aria-label="${label}"><path class="borders" d="${borderLines(view)}"/><path class="area-shape" fill-rule="evenodd" d="${areaData(area, view)}"/>${shown.map((it, at) => mark(it, at, view))}</svg>`;
}

function mark({ longitude, latitude }: MarkedFault, at: number, view: View) {
  const [x, y] = placeIn(view, longitude, latitude);
  return html`<g class="fault-mark"><circle cx="${x}" cy="${y}" r="${MARK_RADIUS}"/><text x="${x}" y="${y + 4}" text-anchor="middle">${at + 1}</text></g>`;
}

function faultList(faults: readonly MarkedFault[], name: (number: string) => string) {
  if (faults.length === 0) return "";
  const items = faults.map(({ label }, at) => html`<li><b>${name(String(at + 1))}</b>: ${label}</li>`);
  return html`<figcaption><ul class="fault-list">${items}</ul></figcaption>`;
}

/** The size of a part of the world on the ground, in kilometres, measured through its middle. */
function sizeOf({ west, north, east, south }: Bounds) {
  const latitude = latitudeAt(((north + south) / 2) * WORLD_UNITS);
  const kilometres = EARTH_KILOMETRES * Math.cos((latitude * Math.PI) / 180);
  return { width: (east - west) * kilometres, height: (south - north) * kilometres };
}
