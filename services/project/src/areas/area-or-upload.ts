import type { HandlerContext } from "@connectrpc/connect";
import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import type { AreaUpload } from "@tessera/contracts/tessera/project/v1/area_upload_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import { uploadOfAreaNotFound } from "../reference-refusals.ts";
import type { Survey } from "../survey/measure-area.ts";
import { areaOfUpload } from "./area-upload.ts";
import { type AreaWork, surveyArea } from "./survey-area.ts";

/** An area as a command has it: itself, or an upload. */
export type AreaOrUpload = MultiPolygon | AreaUpload;

/** Finds the upload that a command names; the area itself where it names none. Refuses with AREA_UPLOAD_NOT_FOUND. */
export async function areaOrUpload(
  { store }: Pick<Deps, "store">,
  { area, areaUploadId }: { area?: MultiPolygon | undefined; areaUploadId?: bigint | undefined },
  context: Pick<HandlerContext, "values">,
): Promise<AreaOrUpload> {
  if (areaUploadId === undefined) return area as MultiPolygon;
  const upload = await store.areaUploads.find(areaUploadId, callerOf(context).userId);
  if (upload === undefined) throw uploadOfAreaNotFound(areaUploadId);
  return upload;
}

/** Checks and measures an area that was given. Refuses with AREA_TOO_LARGE and AREA_INVALID. */
export async function surveyOf(
  { areaLimits }: Pick<Deps, "areaLimits">,
  given: AreaOrUpload,
  work: AreaWork,
): Promise<{ area: MultiPolygon; survey: Survey }> {
  if (given.$typeName === "tessera.project.v1.AreaUpload") return areaOfUpload(given, areaLimits);
  return { area: given, survey: await surveyArea(given, areaLimits, work) };
}
