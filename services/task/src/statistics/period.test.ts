import { expect, test } from "vitest";
import { refusePeriod } from "./period.ts";

const NONE = { fromDate: "", toDate: "", campaign: "" };

test.each([
  ["no period", {}],
  ["one day", { fromDate: "2024-02-29", toDate: "2024-02-29" }],
  ["an organisation and a campaign", { organisationId: 1, campaign: "flood" }],
  ["a project", { projectId: 1, toDate: "2026-01-01" }],
])("takes %s", (_, period) => {
  expect(() => refusePeriod({ ...NONE, ...period })).not.toThrow();
});

test.each([
  ["a day that does not exist", { fromDate: "2026-02-30" }],
  ["a month that does not exist", { toDate: "2026-13-01" }],
  ["a day of another form", { toDate: "1.2.2026" }],
  ["a day before 1970", { fromDate: "1969-12-31" }],
  ["an end before the beginning", { fromDate: "2026-02-02", toDate: "2026-02-01" }],
  ["a project beside an organisation", { projectId: 1, organisationId: 1 }],
  ["a project beside a campaign", { projectId: 1, campaign: "flood" }],
])("refuses %s", (_, period) => {
  expect(() => refusePeriod({ ...NONE, ...period })).toThrow();
});
