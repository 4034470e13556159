import type { MultiLineString } from "geojson";
import type * as maplibre from "maplibre-gl";
import { DrawnArea, type Position, placeIn } from "./drawn-area.ts";
import { boundsOf, colourOf, ground, type Layer, showMap } from "./maplibre.ts";
import type { OpenMap } from "./maps.ts";

/** How near a map goes to corners that are typed. */
const CLOSE = { padding: 60, maxZoom: 13, animate: false } as const;
const FIRST_ZOOM = 7;

/** A place at which something is wrong. */
interface Fault {
  longitude: number;
  latitude: number;
  label: string;
}

/**
 * Opens a map to draw an area on: a click adds a corner, and so does the key Enter in the middle of the map; corners can be
 * dragged and typed. What is drawn stands as GeoJSON in the field named "area", which can also be typed in.
 */
export async function openDrawing(first: HTMLElement, stage: HTMLElement): Promise<OpenMap> {
  let figure = first;
  let field = fieldOf(figure);
  const { map, library } = await showMap(figure, stage, ground(figure));
  let area = new DrawnArea(field.value);
  let corners: maplibre.Marker[] = [];
  let faults: maplibre.Marker[] = [];
  const brand = colourOf(figure, "brand");
  addLayers(map, figure, area);

  const paint = () => {
    (map.getSource("area") as maplibre.GeoJSONSource).setData(area.shown);
    say(figure, area);
  };
  const show = () => {
    paint();
    if (field.value === area.text) return;
    field.value = area.text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const placeCorners = () => {
    for (const marker of corners) marker.remove();
    corners = (area.begun === undefined ? area.ring : [area.begun]).map((corner) => {
      const marker = new library.Marker({ draggable: true, color: brand, scale: 0.6 });
      marker.setLngLat(corner as [number, number]).addTo(map);
      // The keyboard has the map, where Enter adds corners and Backspace removes the last.
      marker.getElement().tabIndex = -1;
      marker.on("drag", () => {
        corner.splice(0, 2, ...positionOf(marker.getLngLat()));
        show();
      });
      return marker;
    });
  };
  const change = (by: () => void) => {
    by();
    placeCorners();
    show();
  };
  const add = (position: Position) => change(() => area.add(position));
  /** Takes up what the page has now: the map stays while the page around it is another one. */
  const resume = () => {
    figure = stage.closest<HTMLElement>("[data-map]") ?? figure;
    field = fieldOf(figure);
    if (field.value !== area.text) area = new DrawnArea(field.value);
    useTools(figure, (name) => change(() => area[name]()));
    useTyping(figure, (position) => {
      add(position);
      // A typed corner may lie anywhere: the map goes there, and shows all corners.
      if (area.ring.length > 1) map.fitBounds(around(library, area.ring), CLOSE);
      else map.jumpTo({ center: position as [number, number], zoom: Math.max(map.getZoom(), FIRST_ZOOM) });
    });
    for (const marker of faults) marker.remove();
    faults = markFaults(figure, map, library);
    if (faults.length > 0) map.fitBounds(boundsOf(figure), { animate: false });
    // What is typed stays as it is until somebody draws: the map may not understand all of it.
    placeCorners();
    paint();
  };
  map.on("click", ({ lngLat }) => add(positionOf(lngLat)));
  useKeys(map, stage, {
    add: () => add(positionOf(map.getCenter())),
    undo: () => change(() => area.undo()),
  });
  map.getCanvas().style.cursor = "crosshair";
  resume();
  return { refresh: () => {}, resume, remove: () => map.remove() };
}

function markFaults(figure: HTMLElement, map: maplibre.Map, library: typeof maplibre): maplibre.Marker[] {
  return faultsOf(figure).map(({ longitude, latitude, label }) => {
    const marker = new library.Marker({ color: colourOf(figure, "danger") });
    marker.setLngLat([longitude, latitude]).addTo(map);
    marker.getElement().title = label;
    return marker;
  });
}

/** The smallest rectangle around corners. */
function around(library: typeof maplibre, corners: readonly Position[]): maplibre.LngLatBounds {
  const bounds = new library.LngLatBounds();
  for (const corner of corners) bounds.extend(corner as [number, number]);
  return bounds;
}

/** The field that has the area. */
function fieldOf(figure: HTMLElement): HTMLTextAreaElement {
  const field = figure.closest("form")?.querySelector<HTMLTextAreaElement>('textarea[name="area"]');
  if (!field) throw new Error("There is no field for the area");
  return field;
}

/** The keys of the map itself move and zoom it; a cross in its middle shows where Enter adds a corner. */
function useKeys(map: maplibre.Map, stage: HTMLElement, on: { add: () => void; undo: () => void }): void {
  stage.classList.add("draws");
  map.getCanvas().addEventListener("keydown", (event) => {
    const act =
      event.key === "Enter" || event.key === " " ? on.add : event.key === "Backspace" ? on.undo : undefined;
    if (act === undefined) return;
    event.preventDefault();
    act();
  });
}

function useTools(
  figure: HTMLElement,
  use: (name: "undo" | "another" | "clear" | "rectangle") => void,
): void {
  for (const button of figure.querySelectorAll<HTMLButtonElement>("[data-draw]")) {
    button.hidden = false;
    button.onclick = () => use(button.dataset.draw as "undo");
  }
}

/** Adds corners whose places are typed. */
function useTyping(figure: HTMLElement, add: (position: Position) => void): void {
  const box = figure.querySelector<HTMLElement>("[data-draw-place]");
  const input = box?.querySelector("input");
  if (!box || !input) return;
  box.hidden = false;
  const enter = () => {
    const place = placeIn(input.value);
    input.setAttribute("aria-invalid", String(place === undefined));
    if (place === undefined) {
      tell(figure, "drawNoPlace");
      return;
    }
    add(place);
    input.value = "";
  };
  input.onkeydown = (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    enter();
  };
  const button = box.querySelector("button");
  if (button) button.onclick = enter;
}

function layers(colour: string): Layer[] {
  return [
    { id: "area", type: "fill", source: "area", paint: { "fill-color": colour, "fill-opacity": 0.25 } },
    { id: "area-line", type: "line", source: "area", paint: { "line-color": colour, "line-width": 2 } },
  ];
}

/** Shows what is drawn, and the area as it is now. */
function addLayers(map: maplibre.Map, figure: HTMLElement, area: DrawnArea): void {
  map.addSource("area", { type: "geojson", data: area.shown });
  for (const layer of layers(colourOf(figure, "brand"))) map.addLayer(layer);
  if (!figure.dataset.near) return;
  map.addSource("near", { type: "geojson", data: JSON.parse(figure.dataset.near) as MultiLineString });
  map.addLayer(nearLayer(colourOf(figure, "map-line")));
}

/** The outline of the area as it is now, beside which another one is drawn. */
function nearLayer(colour: string): Layer {
  const paint = { "line-color": colour, "line-width": 2, "line-dasharray": [3, 2] };
  return { id: "near", type: "line", source: "near", paint };
}

/** Says in words what to do next, and how many corners there are. */
function say(figure: HTMLElement, area: DrawnArea): void {
  tell(figure, area.next, String(area.ring.length));
  figure.querySelector('[data-draw="rectangle"]')?.setAttribute("aria-pressed", String(area.isRectangle));
}

function tell(figure: HTMLElement, key: string, count = ""): void {
  const place = figure.querySelector<HTMLElement>("[data-draw-state]");
  const words = JSON.parse(figure.dataset.words ?? "{}") as Record<string, string>;
  if (place) place.textContent = (words[key] ?? "").replace("{count}", count);
}

function faultsOf({ dataset }: HTMLElement): Fault[] {
  return JSON.parse(dataset.faults ?? "[]") as Fault[];
}

function positionOf(lngLat: maplibre.LngLat): Position {
  const { lng, lat } = lngLat.wrap();
  return [lng, lat];
}
