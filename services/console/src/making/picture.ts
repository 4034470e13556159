import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { type Content, html, trusted } from "../html/html.ts";

/** Where something is, in degrees. */
export interface Place {
  longitude: number;
  latitude: number;
}

/** What a picture shows, the lowest first. */
export interface Layer {
  /** The class of its paths in making.css. */
  name: string;
  areas: readonly MultiPolygon[];
}

const WIDTH = 800;
const HEIGHT = 480;
const MARGIN = 24;
/** The half side of the world of a picture that has one place only. */
const LEAST_SPAN = 1e-7;
const RADIUS = 13;
const LATITUDE_MAX = 85.06;

type Project = (longitude: number, latitude: number) => readonly [x: number, y: number];

/** Draws areas in the projection of web maps, and numbers at places. `label` says in words what it shows. Nothing if there is nothing to draw. */
export function picture(
  label: string,
  layers: readonly Layer[],
  places: readonly (Place & { name: string })[] = [],
) {
  const project = frame(layers, places);
  if (project === undefined) return "";
  const paths = layers.map(({ name, areas }) => {
    const path = areas.map((area) => pathOf(area, project)).join("");
    return trusted(`<path class="${name}" fill-rule="evenodd" d="${path}"/>`);
  });
  const marks = places.map(({ longitude, latitude, name }) => {
    const [x, y] = project(longitude, latitude);
    return html`<g class="place"><circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="${RADIUS}"/><text x="${x.toFixed(1)}" y="${(y + 5).toFixed(1)}">${name}</text></g>`;
  });
  return html`<svg class="picture" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">${paths as Content[]}${marks}</svg>`;
}

/** How degrees become places of the picture; undefined without anything in it. */
function frame(layers: readonly Layer[], places: readonly Place[]): Project | undefined {
  const box = { west: Infinity, south: Infinity, east: -Infinity, north: -Infinity };
  const take = (x: number, y: number) => {
    box.west = Math.min(box.west, x);
    box.east = Math.max(box.east, x);
    box.south = Math.min(box.south, y);
    box.north = Math.max(box.north, y);
  };
  for (const { coordinates } of layers.flatMap(({ areas }) => areas))
    for (let at = 0; at < coordinates.length; at += 2)
      take(mercatorX(coordinates[at] as number), mercatorY(coordinates[at + 1] as number));
  for (const { longitude, latitude } of places) take(mercatorX(longitude), mercatorY(latitude));
  if (box.west === Infinity) return undefined;
  const spanX = Math.max(box.east - box.west, LEAST_SPAN);
  const spanY = Math.max(box.south - box.north, box.north - box.south, LEAST_SPAN);
  const scale = Math.min((WIDTH - 2 * MARGIN) / spanX, (HEIGHT - 2 * MARGIN) / spanY);
  const middleX = (box.west + box.east) / 2;
  const middleY = (box.south + box.north) / 2;
  return (longitude, latitude) => [
    WIDTH / 2 + (mercatorX(longitude) - middleX) * scale,
    HEIGHT / 2 + (mercatorY(latitude) - middleY) * scale,
  ];
}

function mercatorX(longitude: number): number {
  return (longitude + 180) / 360;
}

/** From the north, as pictures count. */
function mercatorY(latitude: number): number {
  const radians = (Math.max(-LATITUDE_MAX, Math.min(LATITUDE_MAX, latitude)) * Math.PI) / 180;
  return (1 - Math.log(Math.tan(radians) + 1 / Math.cos(radians)) / Math.PI) / 2;
}

/** The rings of an area. Points that fall on the one before are left out. */
function pathOf({ coordinates, ringLengths }: MultiPolygon, project: Project): string {
  let path = "";
  let at = 0;
  for (const length of ringLengths) {
    let before = "";
    for (const end = at + 2 * length; at < end; at += 2) {
      const [x, y] = project(coordinates[at] as number, coordinates[at + 1] as number);
      const point = `${x.toFixed(1)} ${y.toFixed(1)}`;
      if (point === before) continue;
      path += before === "" ? `M${point}` : `L${point}`;
      before = point;
    }
    path += "Z";
  }
  return path;
}
