import { Refusal } from "@tessera/rpc/refusal.ts";
import { type AreaLimits, type AreaWork, surveyArea } from "../areas/survey-area.ts";
import { checkPriorityAreas } from "../projects/check-priority-areas.ts";
import type { SurveyedDocument } from "./import.ts";
import type { ImportedDocument } from "./imported-document.ts";

/**
 * Checks and measures the area of a document, and checks its priority areas. Refuses in this order: AREA_TOO_LARGE,
 * AREA_INVALID, PRIORITY_AREAS_OUTSIDE.
 */
export async function surveyDocument(
  { area, stated, leavesPriorityAreasOut }: ImportedDocument,
  limits: AreaLimits,
  work: AreaWork,
): Promise<SurveyedDocument> {
  const survey = await surveyArea(area, limits, work);
  const { priorityAreas, ...rest } = stated;
  if (priorityAreas === undefined) return { area, survey, stated, skipped: [] };
  try {
    await checkPriorityAreas(priorityAreas, area, limits, work);
    return { area, survey, stated, skipped: [] };
  } catch (error) {
    if (!(error instanceof Refusal && leavesPriorityAreasOut)) throw error;
    const skipped = [{ field: "priorityAreas", description: error.message }];
    return { area, survey, stated: rest, skipped };
  }
}
