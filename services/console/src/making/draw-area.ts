import { fieldRefusal } from "../forms/field-refusal.ts";
import { drawnArea } from "../maps/area-drawing.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { MAKING_TEXTS } from "./texts.ts";
import { uploadText } from "./upload-area.ts";

const SIDES = ["west", "south", "east", "north"] as const;

/** Takes an area that was drawn, pasted, or given as a rectangle: it is read as a file would be. */
export async function drawArea(visit: Visit): Promise<Done> {
  const { form, language } = visit;
  const text = drawnArea(form);
  if (text === undefined) throw fieldRefusal("area", MAKING_TEXTS(language).area.noDrawing);
  if (form.text("area") === "") checkRectangle(visit);
  return uploadText(visit, text, "drawing.geojson");
}

function checkRectangle({ form, language }: Visit): void {
  const t = MAKING_TEXTS(language).area;
  const [west, south, east, north] = SIDES.map((side) => {
    const value = Number(form.text(side).replace(",", "."));
    if (!Number.isFinite(value)) throw fieldRefusal(side, t.noNumber);
    return value;
  }) as [number, number, number, number];
  if (south >= north) throw fieldRefusal("south", t.southOfNorth);
  if (west >= east) throw fieldRefusal("west", t.westOfEast);
}
