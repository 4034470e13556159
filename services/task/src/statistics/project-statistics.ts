import { create } from "@bufbuild/protobuf";
import {
  type ProjectStatistics,
  ProjectStatisticsSchema,
  StatisticsSchema,
} from "@tessera/contracts/tessera/task/v1/statistics_pb.ts";
import type { Counts } from "../progress/progress.ts";
import type { Counted } from "./statistics-store.ts";

/** What was done in a project, and how long the rest takes at the same pace. */
export function projectStatistics(
  projectId: number,
  { ready, mapped, invalidated, badImagery }: Pick<Counts, "ready" | "mapped" | "invalidated" | "badImagery">,
  counted: Pick<Counted, "statistics" | "first" | "last"> | undefined,
): ProjectStatistics {
  const total = counted?.statistics ?? create(StatisticsSchema);
  const mappings = total.mappedCount + total.badImageryCount;
  const validations = total.validatedCount + total.invalidatedCount;
  const mappingEach = mappings > 0 ? Number(total.mappingSeconds) / mappings : undefined;
  const validationEach = validations > 0 ? Number(total.validationSeconds) / validations : undefined;
  const toMap = ready + invalidated;
  const toValidate = toMap + mapped + badImagery;
  return create(ProjectStatisticsSchema, {
    projectId,
    total,
    toMapCount: toMap,
    toValidateCount: toValidate,
    ...(mappingEach !== undefined && {
      mappingSecondsEach: mappingEach,
      toMapSeconds: mappingEach * toMap,
    }),
    ...(validationEach !== undefined && {
      validationSecondsEach: validationEach,
      toValidateSeconds: validationEach * toValidate,
    }),
    ...(counted && { firstDate: counted.first, lastDate: counted.last }),
  });
}
