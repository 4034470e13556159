import { colourOf, ground, showMap } from "./maplibre.ts";
import type { OpenMap } from "./maps.ts";

/** Opens the interactive map of all projects that the reader may see. A click on one leads to its page. */
export async function openProjectMap(figure: HTMLElement, stage: HTMLElement): Promise<OpenMap> {
  const { map } = await showMap(figure, stage, ground(figure));
  const [brand, paper] = [colourOf(figure, "brand"), colourOf(figure, "paper")];
  map.addSource("projects", {
    type: "vector",
    tiles: [`${location.origin}/console/projects/tiles/{z}/{x}/{y}`],
    maxzoom: 18,
    promoteId: "project_id",
  });
  map.addLayer({
    id: "outlines",
    type: "fill",
    source: "projects",
    "source-layer": "projects",
    paint: { "fill-color": brand, "fill-opacity": 0.3, "fill-outline-color": brand },
  });
  map.addLayer({
    id: "points",
    type: "circle",
    source: "projects",
    "source-layer": "points",
    paint: {
      "circle-color": brand,
      "circle-stroke-color": paper,
      "circle-stroke-width": 2,
      "circle-radius": ["step", ["coalesce", ["get", "project_count"], 1], 7, 2, 10, 10, 14, 100, 20],
    },
  });
  const label = document.createElement("p");
  label.className = "map-label";
  label.dir = "auto";
  stage.append(label);
  for (const layer of ["outlines", "points"]) {
    map.on("mousemove", layer, ({ features }) => {
      const { name, project_count } = features?.[0]?.properties ?? {};
      map.getCanvas().style.cursor = "pointer";
      label.textContent = String(name ?? project_count ?? "");
    });
    map.on("mouseleave", layer, () => {
      map.getCanvas().style.cursor = "";
      label.textContent = "";
    });
    map.on("click", layer, ({ features, lngLat }) => {
      const { project_id } = features?.[0]?.properties ?? {};
      // A point that stands for several comes apart further in.
      if (project_id === undefined) map.easeTo({ center: lngLat, zoom: map.getZoom() + 3 });
      else location.assign(`/v1/projects/${Number(project_id)}`);
    });
  }
  return { refresh: () => void map.refreshTiles("projects"), remove: () => map.remove() };
}
