import { create } from "@bufbuild/protobuf";
import { CreatePersonalAccessTokenRequestSchema } from "@tessera/contracts/tessera/auth/v1/personal_access_token_service_pb.ts";
import { ListTeamsRequestSchema } from "@tessera/contracts/tessera/auth/v1/team_service_pb.ts";
import { ListProjectsRequestSchema } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { expect, test } from "vitest";
import { numberRefusal } from "./number-refusal.ts";

const listTeams = (organisationId: number) => create(ListTeamsRequestSchema, { organisationId });
const fieldOf = (refusal: ReturnType<typeof numberRefusal>) => refusal?.violations[0]?.field;

test.each([1e30, 3_000_000_000, 1.5, Number.NaN])("%s fits no whole number of 32 bits", (value) => {
  expect(fieldOf(numberRefusal(listTeams(value), ListTeamsRequestSchema))).toBe("organisation_id");
});

test("usual numbers fit, and fractions their own fields", () => {
  expect(numberRefusal(listTeams(7), ListTeamsRequestSchema)).toBeUndefined();
  const boxed = create(ListProjectsRequestSchema, { boundingBox: { west: 0.5 } });
  expect(numberRefusal(boxed, ListProjectsRequestSchema)).toBeUndefined();
});

test("a number in a list is found, and one of a duration is named by the duration", () => {
  const many = create(ListProjectsRequestSchema, { organisationIds: [1, 1e12] });
  expect(fieldOf(numberRefusal(many, ListProjectsRequestSchema))).toBe("organisation_ids");
  const long = create(CreatePersonalAccessTokenRequestSchema, { lifetime: { seconds: 10n ** 30n } });
  expect(fieldOf(numberRefusal(long, CreatePersonalAccessTokenRequestSchema))).toBe("lifetime");
});
