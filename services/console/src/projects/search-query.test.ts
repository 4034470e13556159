import { create } from "@bufbuild/protobuf";
import { ListProjectsRequestSchema } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { expect, test } from "vitest";
import { activeFilters, cleaned, listPath, searchRequest, without, withValue } from "./search-query.ts";

const asked = (query: string) => create(ListProjectsRequestSchema, searchRequest(new URLSearchParams(query)));

test("an address asks for what its REST resource asks for", () => {
  const request = asked(
    "query=water&statuses=PROJECT_STATUS_PUBLISHED&priorities=PROJECT_PRIORITY_URGENT&priorities=PROJECT_PRIORITY_HIGH&mapping_types=MAPPING_TYPE_ROADS" +
      "&organisation_ids=3&team_ids=4&campaigns=Missing+Maps&countries=ml&favourite=true&bounding_box.west=-5.5&author_user_id=12" +
      "&after_time=2026-11-01&order_by=PROJECT_ORDER_NAME&descending=true&page_token=abc",
  );
  expect(request).toMatchObject({
    query: "water",
    statuses: [2],
    priorities: [4, 3],
    mappingTypes: [1],
    organisationIds: [3],
    teamIds: [4],
    campaigns: ["Missing Maps"],
    countries: ["ML"],
    favourite: true,
    createdByMe: false,
    boundingBox: { west: -5.5 },
    authorUserId: 12n,
    afterTime: { seconds: 1_793_491_200n },
    orderBy: 6,
    descending: true,
    pageToken: "abc",
  });
});

test("what cannot be read becomes what the contract refuses", () => {
  const request = asked("statuses=OPEN&organisation_ids=x&order_by=BEST&after_time=soon&bounding_box.west=x");
  expect(request.statuses).toEqual([0]);
  expect(request.organisationIds).toEqual([0]);
  expect(request.orderBy).toBe(-1);
  expect(request.afterTime?.seconds).toBeGreaterThan(253_402_300_799n);
  expect(request.boundingBox?.west).toBeNaN();
});

test("filters are taken away and added one by one, from the first page", () => {
  const query = new URLSearchParams("countries=ML&countries=KE&query=a&page_token=x");
  expect(listPath(without(query, "countries", "ML"))).toBe("/v1/projects?countries=KE&query=a");
  expect(listPath(without(query, "countries"))).toBe("/v1/projects?query=a");
  expect(String(withValue(query, "countries", "KE", true))).toBe("countries=ML&countries=KE&query=a");
  expect(String(withValue(query, "order_by", "PROJECT_ORDER_NAME", false))).toBe(
    "countries=ML&countries=KE&query=a&order_by=PROJECT_ORDER_NAME",
  );
  expect(listPath(new URLSearchParams())).toBe("/v1/projects");
});

test("fields that were left empty are no filters", () => {
  expect(String(cleaned(new URLSearchParams("query=&countries=ML&campaigns=+")))).toBe("countries=ML");
  expect(cleaned(new URLSearchParams("countries=ML"))).toBeUndefined();
  expect(activeFilters(new URLSearchParams("query=a&favourite=false&mapped_by_me=true&view=table"))).toEqual([
    ["query", "a"],
    ["mapped_by_me", "true"],
  ]);
});
