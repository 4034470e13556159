import type * as maplibre from "maplibre-gl";

/** Where a map begins: west, south, east and north in degrees. */
export type Corners = [number, number, number, number];
export type Style = maplibre.StyleSpecification;
export type Layer = maplibre.LayerSpecification;

/** Raster tiles under the maps, if the deployment has some. */
interface BaseMap {
  url: string;
  attribution: string;
}

/** Reads maplibre-gl, once. It is the largest of our files: no page has it before somebody opens a map. */
export async function loadMaplibre(): Promise<typeof maplibre> {
  const style = new URL("../map/maplibre-gl.css", import.meta.url).href;
  if (document.querySelector(`link[href="${style}"]`) === null) {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = style;
    document.head.append(link);
    await new Promise((resolve) => {
      link.onload = resolve;
      link.onerror = resolve;
    });
  }
  return import(new URL("../map/maplibre-gl.mjs", import.meta.url).href);
}

/** A style without layers of its own: the base map of the deployment, else the borders of countries. */
export function ground(figure: HTMLElement): Style {
  const background: Layer = {
    id: "background",
    type: "background",
    paint: { "background-color": colourOf(figure, "map-ground") },
  };
  const { baseMap } = figure.dataset;
  if (baseMap) {
    const { url, attribution } = JSON.parse(baseMap) as BaseMap;
    return {
      version: 8,
      sources: { base: { type: "raster", tiles: [url], tileSize: 256, attribution: escaped(attribution) } },
      layers: [background, { id: "base", type: "raster", source: "base" }],
    };
  }
  const borders = new URL("../borders.json", import.meta.url).href;
  return {
    version: 8,
    sources: { borders: { type: "geojson", data: borders, attribution: "Natural Earth" } },
    layers: [
      background,
      {
        id: "borders",
        type: "line",
        source: "borders",
        paint: { "line-color": colourOf(figure, "map-border"), "line-width": 1 },
      },
    ],
  };
}

/** Shows a map in a stage, with its words in the reader's language. */
export async function showMap(
  figure: HTMLElement,
  stage: HTMLElement,
  style: Style,
): Promise<{ map: maplibre.Map; library: typeof maplibre }> {
  const library = await loadMaplibre();
  const [west, south, east, north] = boundsOf(figure);
  const words = JSON.parse(figure.dataset.words ?? "{}") as Record<string, string>;
  const map = new library.Map({
    container: stage,
    style,
    bounds: [west, south, east, north],
    fitBoundsOptions: { padding: 16, animate: false },
    fadeDuration: 0,
    attributionControl: { compact: false },
    locale: words,
    // One finger and the wheel scroll the page.
    cooperativeGestures: true,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
  });
  map.addControl(new library.NavigationControl({ showCompass: false }));
  map.touchZoomRotate.disableRotation();
  await new Promise<void>((resolve, reject) => {
    map.once("load", () => resolve());
    map.once("error", ({ error }) => reject(error));
  });
  return { map, library };
}

/** The colour of a custom property. A page is light or dark; canvases know colours alone. */
export function colourOf(figure: HTMLElement, property: string): string {
  const probe = document.createElement("span");
  probe.className = `colour-of-${property}`;
  figure.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** What a figure shows first: west, south, east and north. */
export function boundsOf({ dataset }: HTMLElement): Corners {
  const corners = (dataset.bounds ?? "").split(",").map(Number);
  return corners.length === 4 && corners.every(Number.isFinite) ? (corners as Corners) : [-170, -58, 180, 75];
}

/** Attributions are HTML to maplibre, and text to us. */
function escaped(text: string): string {
  const span = document.createElement("span");
  span.textContent = text;
  return span.innerHTML;
}
