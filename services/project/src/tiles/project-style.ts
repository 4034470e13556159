import { tilesUrl } from "./tile-set.ts";

/** The colour of each priority. */
const COLOURS = {
  PROJECT_PRIORITY_LOW: "#7b8794",
  PROJECT_PRIORITY_MEDIUM: "#2f7ebc",
  PROJECT_PRIORITY_HIGH: "#e08214",
  PROJECT_PRIORITY_URGENT: "#b2182b",
};
const TOGETHER_COLOUR = "#4a5563";

const colour = ["match", ["get", "priority"], ...Object.entries(COLOURS).flat(), TOGETHER_COLOUR];
const isPublished = ["==", ["get", "status"], "PROJECT_STATUS_PUBLISHED"];
/** 0 to 100; 0 without tasks. */
const progress = ["coalesce", ["get", "progress"], 0];

/** A style for MapLibre that shows projects. It needs nothing but the tiles. */
export function styleOf(publicUrl: string) {
  return {
    version: 8,
    name: "Projects",
    center: [0, 10],
    zoom: 1.5,
    sources: {
      projects: {
        type: "vector",
        url: tilesUrl(publicUrl),
        promoteId: { projects: "project_id", points: "project_id" },
      },
    },
    layers: [
      { id: "background", type: "background", paint: { "background-color": "#eceff1" } },
      {
        id: "projects",
        ...layer("projects"),
        type: "fill",
        paint: {
          "fill-color": colour,
          "fill-opacity": ["interpolate", ["linear"], progress, 0, 0.15, 100, 0.6],
        },
      },
      borders("published-borders", isPublished, {}),
      borders("other-borders", ["!", isPublished], { "line-dasharray": [2, 2] }),
      {
        id: "points",
        ...layer("points"),
        type: "circle",
        paint: {
          "circle-radius": [
            "interpolate",
            ["linear"],
            ["coalesce", ["get", "project_count"], 1],
            1,
            5,
            50,
            14,
          ],
          "circle-color": ["case", isPublished, colour, "#ffffff"],
          "circle-opacity": ["interpolate", ["linear"], progress, 0, 0.7, 100, 1],
          "circle-stroke-color": colour,
          "circle-stroke-width": 2,
        },
      },
    ],
  };
}

function layer(name: string) {
  return { source: "projects", "source-layer": name };
}

function borders(id: string, filter: unknown[], paint: object) {
  return {
    id,
    ...layer("projects"),
    type: "line",
    filter,
    paint: { "line-color": colour, "line-width": 2, ...paint },
  };
}
