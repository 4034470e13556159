import type { Feature, FeatureCollection, Geometry, MultiPolygon } from "geojson";
import type * as maplibre from "maplibre-gl";
import { colourOf, ground, type Layer, showMap } from "./maplibre.ts";
import type { OpenMap } from "./maps.ts";

type Position = number[];
/** The rings of a polygon, not closed: the first is drawn here, holes are kept as they came. */
type Polygon = Position[][];

const CORNERS_MIN = 3;
/** About 10 cm on the ground. */
const DECIMALS = 1e6;

/**
 * Opens a map to draw an area on: each click adds a corner, corners can be dragged. What is drawn stands as GeoJSON in the field
 * named "area", which can also be typed in.
 */
export async function openDrawing(figure: HTMLElement, stage: HTMLElement): Promise<OpenMap> {
  const field = figure.closest("form")?.querySelector<HTMLTextAreaElement>('textarea[name="area"]');
  if (!field) throw new Error("There is no field for the area");
  const { map, library } = await showMap(figure, stage, ground(figure));
  let polygons = polygonsIn(field.value);
  let markers: maplibre.Marker[] = [];
  const brand = colourOf(figure, "brand");
  map.addSource("area", { type: "geojson", data: collection(polygons) });
  for (const layer of layers(brand)) map.addLayer(layer);

  const show = () => {
    (map.getSource("area") as maplibre.GeoJSONSource).setData(collection(polygons));
    const whole = polygons.filter(([ring = []]) => ring.length >= CORNERS_MIN);
    field.value = whole.length === 0 ? "" : JSON.stringify(geoJson(whole));
    field.dispatchEvent(new Event("input", { bubbles: true }));
    say(figure, polygons.at(-1)?.[0]?.length ?? 0);
  };
  const placeMarkers = () => {
    for (const marker of markers) marker.remove();
    markers = (polygons.at(-1)?.[0] ?? []).map((corner) => {
      const marker = new library.Marker({ draggable: true, color: brand, scale: 0.6 });
      marker.setLngLat(corner as [number, number]).addTo(map);
      marker.on("drag", () => {
        corner.splice(0, 2, ...positionOf(marker.getLngLat()));
        show();
      });
      return marker;
    });
  };
  const change = (by: () => void) => {
    by();
    placeMarkers();
    show();
  };
  const lastRing = () => {
    if (polygons.length === 0) polygons.push([[]]);
    return polygons.at(-1)?.[0] as Position[];
  };
  map.on("click", ({ lngLat }) => change(() => void lastRing().push(positionOf(lngLat))));
  const tools: Record<string, () => void> = {
    undo: () => {
      lastRing().pop();
      if (lastRing().length === 0) polygons.pop();
    },
    another: () => {
      if (lastRing().length >= CORNERS_MIN) polygons.push([[]]);
    },
    clear: () => {
      polygons = [];
    },
  };
  for (const button of figure.querySelectorAll<HTMLButtonElement>("[data-draw]")) {
    button.hidden = false;
    button.onclick = () => change(tools[button.dataset.draw ?? ""] ?? (() => {}));
  }
  map.getCanvas().style.cursor = "crosshair";
  placeMarkers();
  say(figure, polygons.at(-1)?.[0]?.length ?? 0);
  return { refresh: () => {}, remove: () => map.remove() };
}

function layers(colour: string): Layer[] {
  return [
    { id: "area", type: "fill", source: "area", paint: { "fill-color": colour, "fill-opacity": 0.25 } },
    { id: "area-line", type: "line", source: "area", paint: { "line-color": colour, "line-width": 2 } },
  ];
}

/** Says in words what to do next. */
function say(figure: HTMLElement, corners: number): void {
  const place = figure.querySelector<HTMLElement>("[data-draw-state]");
  const words = JSON.parse(figure.dataset.words ?? "{}") as Record<string, string>;
  if (place) place.textContent = words[corners < CORNERS_MIN ? "drawMore" : "drawDone"] ?? "";
}

function positionOf(lngLat: maplibre.LngLat): Position {
  const { lng, lat } = lngLat.wrap();
  return [Math.round(lng * DECIMALS) / DECIMALS, Math.round(lat * DECIMALS) / DECIMALS];
}

/** What a map shows: areas, and the lines of those that are begun. */
function collection(polygons: readonly Polygon[]): FeatureCollection {
  const features = polygons.map(([ring = [], ...holes]): Feature => {
    const geometry: Geometry =
      ring.length < CORNERS_MIN
        ? { type: "LineString", coordinates: ring }
        : { type: "Polygon", coordinates: [ring, ...holes].map(closed) };
    return { type: "Feature", properties: {}, geometry };
  });
  return { type: "FeatureCollection", features };
}

function geoJson(polygons: readonly Polygon[]): MultiPolygon {
  return { type: "MultiPolygon", coordinates: polygons.map((rings) => rings.map(closed)) };
}

function closed(ring: readonly Position[]): Position[] {
  return [...ring, ring[0] ?? []];
}

/** Reads the areas that stand in the field already; none where it has no GeoJSON. */
function polygonsIn(text: string): Polygon[] {
  try {
    const value = JSON.parse(text) as Geometry | Feature | FeatureCollection;
    const geometries =
      value.type === "FeatureCollection"
        ? value.features.map((it) => it.geometry)
        : [value.type === "Feature" ? value.geometry : value];
    return geometries
      .flatMap((it) =>
        it.type === "MultiPolygon" ? it.coordinates : it.type === "Polygon" ? [it.coordinates] : [],
      )
      .map((rings) => rings.map((ring) => ring.slice(0, -1)));
  } catch {
    return [];
  }
}
