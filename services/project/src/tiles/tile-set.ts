/** The tiles that maps ask for: further in they enlarge those of the last of these zooms, which are exact to 15 cm. */
const ZOOM_MAX = 16;
const EVERYWHERE = [-180, -85.0511287798066, 180, 85.0511287798066];

const FIELDS = {
  project_id: "Number: the project, also the id of the feature",
  name: "String: what it is called, in its own language",
  status: "String: PROJECT_STATUS_DRAFT, PUBLISHED or ARCHIVED",
  priority: "String: PROJECT_PRIORITY_LOW, MEDIUM, HIGH or URGENT",
  difficulty: "String: PROJECT_DIFFICULTY_EASY, MODERATE or CHALLENGING",
  progress: "Number: percentage of its tasks that is mapped or validated; absent without tasks",
};

/** Describes the tiles of projects as TileJSON 3.0. */
export function tileSetOf(publicUrl: string) {
  const zooms = { minzoom: 0, maxzoom: ZOOM_MAX };
  return {
    tilejson: "3.0.0",
    name: "Projects",
    description: "The projects that the reader may see, by status, priority and progress",
    tiles: [`${tilesUrl(publicUrl)}/{z}/{x}/{y}`],
    scheme: "xyz",
    ...zooms,
    bounds: EVERYWHERE,
    vector_layers: [
      { id: "projects", description: "Outlines of projects large enough for one", ...zooms, fields: FIELDS },
      {
        id: "points",
        description: "Centroids of all others",
        ...zooms,
        fields: {
          ...FIELDS,
          project_count: "Number of projects there; absent for one, which has the other fields",
        },
      },
    ],
  };
}

/** Where the tiles of projects are. */
export function tilesUrl(publicUrl: string): string {
  return `${publicUrl}/v1/projects/tiles`;
}
