import { createClient } from "@connectrpc/connect";
import { OrganisationService } from "@tessera/contracts/tessera/auth/v1/organisation_service_pb.ts";
import { TeamService } from "@tessera/contracts/tessera/auth/v1/team_service_pb.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ConsoleSystem, consoleSystem } from "../console-system.ts";
import { requestId } from "../ground/door.ts";
import { type PageClient, pageClient, signInPage } from "../ground/page-client.ts";

let system: ConsoleSystem;
let admin: PageClient;
const ATTACK = "<script>alert(1)</script>";

beforeAll(async () => {
  system = await consoleSystem();
  admin = pageClient(system.url);
  await signInPage(admin, "administrator");
  const { headers } = await system.signIn("administrator");
  const organisations = createClient(OrganisationService, system.connections.auth);
  const teams = createClient(TeamService, system.connections.auth);
  await organisations.createOrganisation(
    { requestId: requestId(), organisation: { name: "Mappers" } },
    { headers },
  );
  const team = { organisationId: 1, name: "Night shift", description: ATTACK };
  await teams.createTeam({ requestId: requestId(), team }, { headers });
});
afterAll(() => system.stop());

test.each([
  "/v1/auth-events",
  "/v1/invitations",
  "/v1/licences",
  "/v1/organisations",
  "/v1/organisations/1",
  "/v1/organisations/1/managers",
  "/v1/personal-access-tokens",
  "/v1/projects",
  "/v1/service-accounts",
  "/v1/sessions",
  "/v1/signing-keys",
  "/v1/teams",
  "/v1/teams/1",
  "/v1/teams/1/invitations",
  "/v1/teams/1/join-requests",
  "/v1/teams/1/members",
  "/v1/users",
  "/v1/users/me",
  "/v1/users/me/favourites",
  "/v1/users/me/locks",
  "/v1/users/me/memberships",
  "/v1/users?user_ids=1",
])("%s is a page", async (path) => {
  const page = await admin.get(path);
  expect([path, page.status, page.headers.get("content-type")]).toEqual([
    path,
    200,
    "text/html; charset=utf-8",
  ]);
  expect(page.root.querySelectorAll("h1").length).toBe(1);
  expect(page.text).not.toContain(ATTACK);
});

test("a row of a list leads to its own page, and an id to what it names", async () => {
  const members = await admin.get("/v1/teams/1/members");
  const row = members.root.querySelector("table a[href^='/v1/teams/1/members/']");
  const member = await admin.get(row?.getAttribute("href") ?? "");
  expect(member.status).toBe(200);
  expect(member.root.querySelector("dl a[href='/v1/teams/1']")?.textContent).toBe("Night shift");
});

test("a list continues on its next page", async () => {
  const first = await admin.get("/v1/auth-events?page_size=1&organisation_id=1");
  const next = first.root.querySelector(".pager a[rel=next]")?.getAttribute("href") ?? "";
  const second = await admin.get(next.replaceAll("&amp;", "&"));
  expect([second.status, second.root.querySelectorAll("tbody tr").length]).toEqual([200, 1]);
});

test("what is not there, and a parameter with a wrong value, are refused in words", async () => {
  expect((await admin.get("/v1/teams/99/members")).status).toBe(404);
  const wrong = await admin.get("/v1/sessions?page_size=many");
  expect([wrong.status, wrong.root.querySelector("[role=alert]")?.textContent]).toEqual([
    422,
    expect.stringContaining("page_size"),
  ]);
});
