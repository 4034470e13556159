import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { type Progress, ProgressSchema } from "@tessera/contracts/tessera/task/v1/progress_pb.ts";

/** How many tasks a project has, by state, and how many of them somebody holds. */
export interface Counts {
  ready: number;
  mapped: number;
  validated: number;
  invalidated: number;
  badImagery: number;
  /** These count for nothing else. */
  withdrawn: number;
  locked: number;
  /** When anything happened last. */
  lastActivity?: Date | undefined;
}

/** How far the work on a project is. */
export function progressOf(projectId: number, counts: Counts): Progress {
  const { ready, mapped, validated, invalidated, badImagery, withdrawn, locked } = counts;
  const all = ready + mapped + validated + invalidated + badImagery;
  const mappable = all - badImagery;
  return create(ProgressSchema, {
    projectId,
    taskCount: all,
    readyCount: ready,
    mappedCount: mapped,
    validatedCount: validated,
    invalidatedCount: invalidated,
    badImageryCount: badImagery,
    withdrawnCount: withdrawn,
    lockedCount: locked,
    mappedPercent: percent(mapped + validated, mappable),
    validatedPercent: percent(validated, mappable),
    badImageryPercent: percent(badImagery, all),
    completionPercent: percent(mapped + 2 * validated, 2 * mappable),
    ...(counts.lastActivity && { lastActivityTime: timestampFromDate(counts.lastActivity) }),
  });
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : (100 * part) / whole;
}
