import { create } from "@bufbuild/protobuf";
import { DailyContributionSchema } from "@tessera/contracts/tessera/task/v1/contribution_pb.ts";
import { expect, test } from "vitest";
import { chartDays, dailyChart, totalOf } from "./daily-chart.ts";

const on = (date: string, mappedCount: number, validatedCount = 0) =>
  create(DailyContributionSchema, { date, mappedCount, validatedCount, userCount: 1 });

test("days without work stand in the chart as well", () => {
  const days = chartDays([on("2026-11-27", 3), on("2026-11-30", 1, 2)]);
  expect(days.map(({ date }) => date)).toEqual(["2026-11-27", "2026-11-28", "2026-11-29", "2026-11-30"]);
  expect(days.map(totalOf)).toEqual([3, 0, 0, 3]);
});

test("a long history shows its last 60 days", () => {
  const days = chartDays([on("2020-01-01", 1), on("2026-11-30", 1)]);
  expect([days.length, days[0]?.date, days.at(-1)?.date]).toEqual([60, "2026-10-02", "2026-11-30"]);
});

test("the highest day fills the chart, and each number stands in the table beneath", () => {
  const text = String(dailyChart("en", [on("2026-11-29", 2), on("2026-11-30", 4)]));
  expect(text).toContain('height="156.0"');
  expect(text).toContain('height="78.0"');
  expect(text).toContain("<title>30 Nov 2026: 4</title>");
  expect(text).toContain('<th scope="row">29 Nov 2026</th><td class="number">2</td>');
  expect(dailyChart("en", [])).toBe("");
  const oneDay = [on("2026-11-30", 1)];
  expect(String(dailyChart("en", oneDay))).toContain("1 task handed in on 1 day; the most on one day: 1");
  expect(String(dailyChart("fr", oneDay))).toContain("1 tâche rendue en 1 jour ;");
});
