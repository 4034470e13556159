import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import type { Project } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { type BoundingBox, boundingBoxAround } from "@tessera/geometry/areas/bounding-box.ts";

/** JOSM's remote control, on the machine of the person who follows the link. */
const JOSM = "http://127.0.0.1:8111";
/** iD, as openstreetmap.org offers it to everybody. */
const ID = "https://www.openstreetmap.org/edit?editor=id";
/** The zoom levels of iD, and the squares of a window: an area fills about one of these. */
const ZOOM_MAX = 20;
const WINDOW_TILES = 4;
const DECIMALS = 6;

/** The links by which editors open a task. They are those of the task's document for editors, `?f=links`. */
export interface EditorLinks {
  josmData: string;
  josmOutline: string;
  /** Undefined where mappers choose the imagery. */
  josmImagery: string | undefined;
  id: string;
}

/** Makes the links of a task with an area. `title` is "Task 42", `outline` the address of its outline as a file that editors read. */
export function editorLinks(
  area: MultiPolygon,
  { changesetComment, hashtags, imagery }: Pick<Project, "changesetComment" | "hashtags" | "imagery">,
  { title, outline }: { title: string; outline: string },
): EditorLinks {
  const box = editorBox(area);
  const { west, south, east, north } = box;
  const isTemplate = imagery.includes("{");
  const josm = (command: string, parameters: Record<string, string>) =>
    `${JOSM}/${command}?${queryOf(parameters)}`;
  const url = `${outline}#/${encodeURIComponent(title)}.osm`;
  const tiles = { title, type: "tms", url: imagery.replaceAll("{z}", "{zoom}") };
  return {
    josmData: josm("load_and_zoom", {
      left: degrees(west),
      right: degrees(east),
      top: degrees(north),
      bottom: degrees(south),
      changeset_comment: changesetComment,
      changeset_hashtags: hashtags.join(";"),
      layer_name: title,
    }),
    josmOutline: josm("import", { new_layer: "true", layer_name: title, upload_policy: "never", url }),
    josmImagery: imagery === "" ? undefined : josm("imagery", isTemplate ? tiles : { id: imagery }),
    id: `${ID}#${queryOf({
      map: `${zoomOf(box)}/${degrees((south + north) / 2)}/${degrees((west + east) / 2)}`,
      gpx: outline,
      comment: changesetComment,
      hashtags: hashtags.join(","),
      background: isTemplate ? `custom:${imagery}` : imagery,
    })}`,
  };
}

/** Parameters with a value. Spaces are %20: neither editor reads "+". */
function queryOf(parameters: Record<string, string>): string {
  return Object.entries(parameters)
    .filter(([, value]) => value !== "")
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join("&");
}

/** Where editors look. JOSM takes no box across 180°: it gets the larger side. */
function editorBox(area: MultiPolygon): BoundingBox {
  const box = boundingBoxAround(area);
  if (box.west <= box.east) return box;
  return 180 - box.west >= box.east + 180 ? { ...box, east: 180 } : { ...box, west: -180 };
}

function zoomOf({ west, south, east, north }: BoundingBox): number {
  const widest = Math.max(east - west, north - south, Number.EPSILON);
  return Math.max(1, Math.min(ZOOM_MAX, Math.floor(Math.log2((360 * WINDOW_TILES) / widest))));
}

function degrees(value: number): string {
  return value.toFixed(DECIMALS);
}
