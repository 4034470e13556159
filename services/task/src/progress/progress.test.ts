import { expect, test } from "vitest";
import { progressOf } from "./progress.ts";

test("the percentages are those of the field, and what is withdrawn counts for none of them", () => {
  const counts = {
    ready: 10,
    mapped: 20,
    validated: 30,
    invalidated: 5,
    badImagery: 35,
    withdrawn: 7,
    locked: 3,
  };
  expect(progressOf(1, counts)).toMatchObject({
    taskCount: 100,
    withdrawnCount: 7,
    lockedCount: 3,
    mappedPercent: (100 * 50) / 65,
    validatedPercent: (100 * 30) / 65,
    badImageryPercent: 35,
    completionPercent: (100 * 80) / 130,
  });
});

test("a project without tasks, or with bad imagery everywhere, is at 0 percent", () => {
  const none = { ready: 0, mapped: 0, validated: 0, invalidated: 0, badImagery: 0, withdrawn: 0, locked: 0 };
  expect(progressOf(1, none)).toMatchObject({ mappedPercent: 0, badImageryPercent: 0, completionPercent: 0 });
  expect(progressOf(1, { ...none, badImagery: 3 })).toMatchObject({
    mappedPercent: 0,
    badImageryPercent: 100,
  });
});
