import { fieldRefusal } from "../forms/field-refusal.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { MAKING_TEXTS } from "./texts.ts";
import { uploadText } from "./upload-area.ts";

/** Takes an area that was drawn or pasted: it is read as a file would be. */
export async function drawArea(visit: Visit): Promise<Done> {
  const text = visit.form.text("area");
  if (text === "") throw fieldRefusal("area", MAKING_TEXTS(visit.language).area.noDrawing);
  return uploadText(visit, text, "drawing.geojson");
}
