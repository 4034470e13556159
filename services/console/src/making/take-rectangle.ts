import { fieldRefusal } from "../forms/field-refusal.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { MAKING_TEXTS } from "./texts.ts";
import { uploadText } from "./upload-area.ts";

/** Takes a rectangle of four numbers, in degrees. */
export async function takeRectangle(visit: Visit): Promise<Done> {
  const t = MAKING_TEXTS(visit.language).area;
  const [west, south, east, north] = ["west", "south", "east", "north"].map((side) => {
    const value = visit.form.number(side);
    if (value === undefined || !Number.isFinite(value)) throw fieldRefusal(side, t.noNumber);
    return value;
  }) as [number, number, number, number];
  if (south >= north) throw fieldRefusal("south", t.southOfNorth);
  if (west >= east) throw fieldRefusal("west", t.westOfEast);
  const ring = [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ];
  return uploadText(visit, JSON.stringify({ type: "Polygon", coordinates: [ring] }), "rectangle.geojson");
}
