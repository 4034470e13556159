import type { JsonObject } from "@bufbuild/protobuf";
import { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { type Case, casesOf } from "../ground/case.ts";

const { batchGetProjects, listProjects } = ProjectService.method;

const FOUND: Record<string, JsonObject> = {
  "the first page": { page_size: 1 },
  "a text": { query: "Ground काठमाडौं 東京 % \\ ' :* & | !" },
  "a text without words": { query: "🏥 …" },
  "every filter": {
    query: "ground",
    statuses: ["PROJECT_STATUS_PUBLISHED", "PROJECT_STATUS_ARCHIVED"],
    priorities: ["PROJECT_PRIORITY_MEDIUM"],
    difficulties: ["PROJECT_DIFFICULTY_EASY"],
    mapping_types: ["MAPPING_TYPE_ROADS"],
    organisation_ids: [1, 2],
    team_ids: [1],
    campaigns: ["a, b"],
    countries: ["GT"],
    interests: ["health"],
    after_time: "2020-01-01T00:00:00Z",
    before_time: "2100-01-01T00:00:00Z",
    updated_after_time: "0001-01-01T00:00:00Z",
    updated_before_time: "9999-12-31T23:59:59Z",
    author_user_id: "1",
    created_by_me: true,
    mapped_by_me: true,
    favourite: true,
    managed_by_me: true,
    bounding_box: { west: -180, south: -90, east: 180, north: 90 },
    order_by: "PROJECT_ORDER_NAME",
    descending: true,
    with_total: true,
  },
  "every facet": {
    facets: ["STATUS", "PRIORITY", "DIFFICULTY", "MAPPING_TYPE", "ORGANISATION", "COUNTRY", "CAMPAIGN"].map(
      (it) => `PROJECT_FACET_${it}`,
    ),
  },
  "by progress": { order_by: "PROJECT_ORDER_PROGRESS" },
  "a box over 180°": { bounding_box: { west: 170, south: -20, east: -170, north: -10 } },
};

const MALFORMED: Record<string, JsonObject> = {
  "a page of less than nothing": { page_size: -1 },
  "a text of 10,000 characters": { query: "x".repeat(10_000) },
  "a page token that is too long": { page_token: "x".repeat(601) },
  "an organisation 0": { organisation_ids: [0] },
  "a team below 0": { team_ids: [-1] },
  "a country in small letters": { countries: ["gt"] },
  "a country of three letters": { countries: ["GTM"] },
  "an empty campaign": { campaigns: [""] },
  "too many interests": { interests: Array.from({ length: 21 }, (_, at) => `i${at}`) },
  "an author below 0": { author_user_id: "-1" },
  "an author 0": { author_user_id: "0" },
  "a box from north to south": { bounding_box: { west: 10, south: 1, east: 11, north: 0 } },
  "a box beyond the pole": { bounding_box: { west: 0, south: 0, east: 1, north: 91 } },
  "a status that is none": { statuses: ["PROJECT_STATUS_UNSPECIFIED"] },
  "the same facet twice": { facets: ["PROJECT_FACET_STATUS", "PROJECT_FACET_STATUS"] },
  "a facet that is none": { facets: ["PROJECT_FACET_UNSPECIFIED"] },
};

/** What the search answers, by anybody and by somebody. */
export const SEARCH_CASES: readonly Case[] = [
  ...Object.entries(FOUND).flatMap(([what, request]) =>
    casesOf(
      listProjects,
      [`${what}, by anybody`, "OK", async () => ({ request })],
      [`${what}, by a mapper`, "OK", async ({ mapper }) => ({ request, who: mapper })],
      [`${what}, by an administrator`, "OK", async ({ admin }) => ({ request, who: admin })],
    ),
  ),
  ...Object.entries(MALFORMED).flatMap(([what, request]) =>
    casesOf(listProjects, [what, "FIELD_INVALID", async () => ({ request })]),
  ),
  ...casesOf(
    batchGetProjects,
    ["some, by anybody", "OK", async () => ({ request: { project_ids: [1, 2_000_000_000] } })],
    ["some, by a mapper", "OK", async ({ mapper }) => ({ request: { project_ids: [1] }, who: mapper })],
    ["some, by an administrator", "OK", async ({ admin }) => ({ request: { project_ids: [1] }, who: admin })],
    ["number 0", "FIELD_INVALID", async () => ({ request: { project_ids: [0] } })],
    ["one twice", "FIELD_INVALID", async () => ({ request: { project_ids: [1, 1] } })],
  ),
  ...casesOf(
    listProjects,
    ["a forged page token", "PAGE_TOKEN_INVALID", async () => ({ request: { page_token: "abc" } })],
    [
      "malformed, with a forged page token",
      "FIELD_INVALID",
      async () => ({ request: { page_token: "abc", page_size: -1 } }),
    ],
    [
      "by a token that is none",
      "TOKEN_INVALID",
      async () => ({ request: {}, who: { headers: { authorization: "Bearer x.y.z" } } }),
    ],
  ),
];
