import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { refusalOf, type TestSystem, testSystem } from "../testing/system.ts";
import { idIn, type TeamGround, teamGround } from "../testing/teams.ts";

let system: TestSystem;
let ground: TeamGround;

beforeAll(async () => {
  system = await testSystem();
  ground = await teamGround(system);
});

afterAll(() => system.stop());

const requestId = () => randomUUID();
const reasonOf = async (call: Promise<unknown>) => (await refusalOf(call)).reason;

test("a name is taken whatever its case, its spaces and how it is typed", async () => {
  const { organisations, teams, admin, manager, organisationId } = ground;
  const name = `Straße é ${randomUUID()}`;
  await organisations.createOrganisation({ requestId: requestId(), organisation: { name } }, admin);
  const team = { organisationId, name };
  await teams.createTeam({ requestId: requestId(), team }, manager);
  for (const twin of [name.toUpperCase(), ` ${name.replace(" ", "  ")}`, name.normalize("NFD")]) {
    const organisation = { name: twin, slug: `s-${randomUUID()}` };
    const again = organisations.createOrganisation({ requestId: requestId(), organisation }, admin);
    expect(await reasonOf(again)).toBe("ORGANISATION_NAME_TAKEN");
    const second = teams.createTeam(
      { requestId: requestId(), team: { organisationId, name: twin } },
      manager,
    );
    expect(await reasonOf(second)).toBe("TEAM_NAME_TAKEN");
  }
});

test.each([
  ["without a name", { name: "" }],
  ["with a name that cannot be seen", { name: " \u200b " }],
  ["with a name of spaces", { name: " \u00a0" }],
  ["with a name that turns the direction of what follows", { name: "a\u202eb" }],
  ["with a control character", { name: "a\u0007b" }],
  ["with a slug of hyphens", { name: "x", slug: "a--b" }],
  ["with a name of which no slug can be made", { name: "团队" }],
  ["with a link to a script", { name: "x", url: "javascript:alert(1)" }],
  ["with a number of its own", { name: "x", organisationId: 7 }],
])("no organisation is made %s", async (_, organisation) => {
  const call = ground.organisations.createOrganisation(
    { requestId: requestId(), organisation },
    ground.admin,
  );
  expect(await reasonOf(call)).toBe("FIELD_INVALID");
});

test("organisations are listed by name, page by page, and found by a part of it", async () => {
  const { organisations, admin } = ground;
  const part = randomUUID();
  for (const name of ["Zulu", "alpha", "Mike"]) {
    const organisation = { name: `${name} ${part}` };
    await organisations.createOrganisation({ requestId: requestId(), organisation }, admin);
  }
  const names: string[] = [];
  let pageToken = "";
  do {
    const page = await organisations.listOrganisations({ query: part.toUpperCase(), pageSize: 2, pageToken });
    names.push(...page.organisations.map((it) => it.name.split(" ")[0] as string));
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
  expect(names).toEqual(["alpha", "Mike", "Zulu"]);
  const other = organisations.listOrganisations({ query: "other", pageToken: "AAAAAAAAAAAA" });
  expect(await reasonOf(other)).toBe("PAGE_TOKEN_INVALID");
});

test("an organisation with teams stays, and one without goes with its managers", async () => {
  const { organisations, teams, admin, newPerson, newOrganisation, memberships } = ground;
  const manager = await newPerson();
  const organisationId = await newOrganisation(manager);
  const team = { organisationId, name: "Only" };
  const { acknowledgement } = await teams.createTeam({ requestId: requestId(), team }, manager);
  const gone = () => organisations.deleteOrganisation({ requestId: requestId(), organisationId }, manager);
  expect(await reasonOf(gone())).toBe("ORGANISATION_HAS_TEAMS");
  await teams.deleteTeam({ requestId: requestId(), teamId: idIn(acknowledgement?.name) }, manager);
  const before = await memberships.batchGetMemberships({ userIds: [manager.userId] }, manager);
  expect(before.memberships[0]?.managedOrganisationIds).toEqual([organisationId]);
  await gone();
  expect(await reasonOf(organisations.getOrganisation({ organisationId }, admin))).toBe(
    "ORGANISATION_NOT_FOUND",
  );
  const after = await memberships.batchGetMemberships({ userIds: [manager.userId] }, manager);
  expect(after.memberships[0]?.managedOrganisationIds).toEqual([]);
  expect(after.memberships[0]?.version).toBeGreaterThan(before.memberships[0]?.version as bigint);
});
