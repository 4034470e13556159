import type { JsonObject } from "@bufbuild/protobuf";
import { StatisticsService } from "@tessera/contracts/tessera/task/v1/statistics_service_pb.ts";
import { type Case, casesOf, gates } from "../ground/case.ts";

const { listStatistics, getProjectStatistics, getPastProgress, listSentBack, listOwnSubmissions } =
  StatisticsService.method;
const TIME = "2026-01-01T00:00:00Z";

const over = (what: string, expected: string, request: JsonObject) =>
  casesOf(listStatistics, [what, expected, async () => ({ request })]);

/** Statistics: of a project, to those who see it; over all, of the projects that the caller sees. */
export const STATISTICS_CASES: Case[] = [
  ...gates(listStatistics, {}),
  ...over("of the whole system, by anybody", "OK", {}),
  ...over("the leaders of a period", "OK", {
    group: "STATISTICS_GROUP_PERSON",
    order: "STATISTICS_ORDER_MAPPED",
    from_date: "2026-01-01",
    to_date: "2026-12-31",
  }),
  ...over("of one person by month", "OK", { group: "STATISTICS_GROUP_MONTH", user_id: "1" }),
  ...over("of an organisation", "OK", { group: "STATISTICS_GROUP_PROJECT", organisation_id: 1 }),
  ...over("of a campaign", "OK", { group: "STATISTICS_GROUP_WEEK", campaign: "flood" }),
  ...over("from a day that there is not", "FIELD_INVALID", { from_date: "2026-02-30" }),
  ...over("until a time", "FIELD_INVALID", { to_date: TIME }),
  ...over("of a period that ends before it begins", "FIELD_INVALID", {
    from_date: "2026-02-02",
    to_date: "2026-02-01",
  }),
  ...over("of a person below 1", "FIELD_INVALID", { user_id: "0" }),
  ...casesOf(listStatistics, [
    "of a project beside an organisation",
    "FIELD_INVALID",
    async ({ projects }) => ({ request: { project_id: projects.published, organisation_id: 1 } }),
  ]),
  ...gates(getProjectStatistics, {}),
  ...casesOf(
    getProjectStatistics,
    [
      "of a published project, by anybody",
      "OK",
      async ({ projects }) => ({ request: { project_id: projects.published } }),
    ],
    [
      "of a draft, by its manager",
      "OK",
      async ({ projects, admin }) => ({ request: { project_id: projects.draft }, who: admin }),
    ],
  ),
  ...gates(getPastProgress, { time: TIME }),
  ...casesOf(
    getPastProgress,
    [
      "of a published project, by anybody",
      "OK",
      async ({ projects }) => ({ request: { project_id: projects.published, time: TIME } }),
    ],
    [
      "at no time",
      "FIELD_INVALID",
      async ({ projects }) => ({ request: { project_id: projects.published } }),
    ],
    [
      "before 1970",
      "FIELD_INVALID",
      async ({ projects }) => ({
        request: { project_id: projects.published, time: "1969-12-31T23:59:59Z" },
      }),
    ],
  ),
  ...[listSentBack, listOwnSubmissions].flatMap((method) =>
    casesOf(
      method,
      ["one's own", "OK", async ({ mapper }) => ({ request: {}, who: mapper })],
      ["nobody's", "TOKEN_MISSING", async () => ({ request: {} })],
      [
        "with a forged page token",
        "PAGE_TOKEN_INVALID",
        async ({ mapper }) => ({ request: { page_token: "abc" }, who: mapper }),
      ],
      [
        "with a page of less than nothing",
        "FIELD_INVALID",
        async ({ mapper }) => ({ request: { page_size: -1 }, who: mapper }),
      ],
    ),
  ),
];
