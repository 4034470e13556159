import { create } from "@bufbuild/protobuf";
import { StatisticsSchema } from "@tessera/contracts/tessera/task/v1/statistics_pb.ts";
import { expect, test } from "vitest";
import { projectStatistics } from "./project-statistics.ts";

const LEFT = { ready: 6, mapped: 3, invalidated: 2, badImagery: 1 };

test("the rest takes the average time for each task that is to be mapped, and validated after that", () => {
  const statistics = create(StatisticsSchema, {
    mappedCount: 3,
    badImageryCount: 1,
    validatedCount: 1,
    invalidatedCount: 1,
    mappingSeconds: 400n,
    validationSeconds: 30n,
  });
  expect(projectStatistics(7, LEFT, { statistics, first: "2026-11-01", last: "2026-11-03" })).toMatchObject({
    projectId: 7,
    mappingSecondsEach: 100,
    validationSecondsEach: 15,
    toMapCount: 8,
    toMapSeconds: 800,
    toValidateCount: 12,
    toValidateSeconds: 180,
    firstDate: "2026-11-01",
    lastDate: "2026-11-03",
  });
});

test("nothing is said of a pace while nothing was submitted", () => {
  const found = projectStatistics(7, LEFT, undefined);
  expect(found).toMatchObject({ toMapCount: 8, toValidateCount: 12 });
  expect(found.mappingSecondsEach).toBeUndefined();
  expect(found.toValidateSeconds).toBeUndefined();
  expect(found.firstDate).toBeUndefined();
});
