import { AreaService } from "@tessera/contracts/tessera/project/v1/area_service_pb.ts";
import { fieldRefusal } from "../forms/field-refusal.ts";
import { drawnArea } from "../maps/area-drawing.ts";
import type { Done, Page } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { showAreaUpload } from "./area-upload-page.ts";
import { MAKING_TEXTS } from "./texts.ts";
import { uploadPath, uploadText } from "./upload-area.ts";

const SIDES = ["west", "south", "east", "north"] as const;

const UNPROCESSABLE = 422;

/**
 * Takes an area that was drawn, pasted, or given as a rectangle: it is read as a file would be. One with faults comes
 * again to be mended, with what was drawn and each fault at its place.
 */
export async function drawArea(visit: Visit): Promise<Done | Page> {
  const { form, language } = visit;
  const text = drawnArea(form);
  if (text === undefined) throw fieldRefusal("area", MAKING_TEXTS(language).area.noDrawing);
  if (form.text("area") === "") checkRectangle(visit);
  const areaUploadId = await uploadText(visit, text, "drawing.geojson");
  const { areaUpload } = await visit.ask(AreaService.method.getAreaUpload, {
    areaUploadId: BigInt(areaUploadId),
  });
  if (areaUpload?.area !== undefined) return { see: uploadPath(areaUploadId, form.text("project_id")) };
  const page = await showAreaUpload({ ...visit, params: { area_upload_id: areaUploadId } });
  return { ...page, status: UNPROCESSABLE };
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
