import { createClient } from "@connectrpc/connect";
import { OrganisationService } from "@tessera/contracts/tessera/auth/v1/organisation_service_pb.ts";
import { TeamService } from "@tessera/contracts/tessera/auth/v1/team_service_pb.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ConsoleSystem, consoleSystem } from "../console-system.ts";
import { requestId } from "../ground/door.ts";
import { type PageClient, pageClient, type SeenPage, signInPage } from "../ground/page-client.ts";

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
  const wrong = await admin.get("/v1/teams/1/members?page_size=many");
  expect([wrong.status, wrong.root.querySelector("[role=alert]")?.textContent]).toEqual([
    422,
    expect.stringContaining("page_size"),
  ]);
});

/** A person in a browser without scripts. */
async function personOn(name: string) {
  const client = pageClient(system.url);
  await signInPage(client, name);
  const { headers } = await system.signIn(name);
  const { user } = await system.auth.getCurrentUser({}, { headers });
  return { client, userId: String(user?.userId), revision: user?.revision };
}

test("a person changes their profile, and an older page is refused with what was typed kept", async () => {
  const { client } = await personOn("mapper-1");
  const old = await client.get("/v1/users/me");
  const form = 'form[action*="_method=PATCH"]';
  const saved = await client.submit(await client.get("/v1/users/me"), form, {
    "user.languages": "en, fr",
    "user.description": `I map. ${ATTACK}`,
  });
  expect([saved.path, saved.root.querySelector(".notice")?.textContent]).toEqual(["/v1/users/me", "Saved."]);
  expect(saved.text).not.toContain(ATTACK);
  const stale = await client.submit(old, form, { "user.description": "Another text" });
  expect([stale.status, stale.root.querySelector("[role=alert]")?.getAttribute("data-reason")]).toEqual([
    412,
    "USER_CHANGED",
  ]);
  expect(stale.root.querySelectorAll(".versions td").map((it) => it.textContent.trim())).toEqual([
    "(empty)",
    "en, fr",
    "Another text",
    `I map. ${ATTACK}`,
  ]);
  const chosen = await client.submit(stale, form, {
    "_take.user.languages": "theirs",
    "_take.user.description": "mine",
  });
  const fields = (page: SeenPage) => [
    page.root.querySelector('input[name="user.languages"]')?.getAttribute("value"),
    page.root.querySelector("textarea")?.textContent,
  ];
  expect(fields(chosen)).toEqual(["en, fr", "Another text"]);
  const wrong = await client.submit(saved, form, { "user.languages": "no language!" });
  expect([wrong.status, wrong.root.querySelectorAll("input[aria-invalid]").length]).toEqual([422, 1]);
});

test("somebody asks to join a team, a manager accepts, and the member leaves", async () => {
  const { client, userId } = await personOn("mapper-2");
  const create = await admin.get("/v1/teams");
  const team = await admin.submit(create, 'form[action="/v1/teams"][method=post]', {
    "team.name": "Day shift",
  });
  expect(team.path).toMatch(/^\/v1\/teams\/\d+$/);
  const asking = await client.get(team.path);
  const elsewhere = await client.get(team.path);
  const asked = await client.submit(elsewhere, 'form[action$="/join-requests"]', { message: "Let me in" });
  expect([asked.path, asked.text]).toEqual([
    expect.stringContaining("/join-requests/"),
    expect.stringContaining("Let me in"),
  ]);
  expect((await client.get(team.path)).text).toContain("You asked to join.");
  const again = await client.submit(asking, 'form[action$="/join-requests"]', { message: "Please" });
  expect([again.status, again.root.querySelector("[role=alert]")?.getAttribute("data-reason")]).toEqual([
    409,
    "JOIN_REQUEST_OPEN",
  ]);
  const waiting = await admin.get(team.path);
  const decided = await admin.submit(waiting, 'form[action*="/decision"]', {
    state: "JOIN_REQUEST_STATE_ACCEPTED",
    message: "Welcome",
  });
  expect(decided.root.querySelector(".notice")?.textContent).toBe("The person has your answer.");
  expect((await client.get(asked.path)).text).toContain("Welcome");
  const member = await client.get(team.path);
  expect(member.text).toContain("You are a member of this team.");
  expect(member.root.querySelector(`form[action*="/members/${userId}"]`)).not.toBeNull();
  const left = await client.submit(member, `.place form[action*="/members/${userId}"]`);
  expect([left.path, left.root.querySelector(".notice")?.textContent]).toEqual([
    "/v1/teams",
    "You have left the team.",
  ]);
});

test("the link of an invitation is shown once, and lets one person in", async () => {
  const { client } = await personOn("mapper-3");
  const team = await admin.get("/v1/teams/1");
  const made = await admin.submit(team, 'form[action="/v1/teams/1/invitations"]', { user_id: "" });
  const link = made.root.querySelector(".secret code")?.textContent ?? "";
  const path = link.slice(system.url.length);
  const stranger = await pageClient(system.url).get(path);
  expect(stranger.path).toContain("/console/sign-in");
  const invited = await client.get(path);
  const accepted = await client.submit(invited, 'form[action="/v1/memberships"]');
  expect([accepted.path, accepted.root.querySelector(".notice")?.textContent]).toEqual([
    "/v1/teams/1",
    "You are a member now.",
  ]);
  const { client: other } = await personOn("mapper-4");
  const late = await other.submit(await other.get(path), 'form[action="/v1/memberships"]');
  expect([late.status, late.root.querySelectorAll("[role=alert]").length]).toEqual([409, 1]);
});

test("a manager adds somebody by name, changes their function, and invites another, who declines", async () => {
  const { client, userId } = await personOn("mapper-5");
  const nobody = await admin.submit(await admin.get("/v1/teams/1"), 'form[action="/v1/teams/1/members"]', {
    user_id: "Nobody",
  });
  expect([nobody.status, nobody.root.querySelector(".fault")?.textContent]).toEqual([
    422,
    "Nobody has exactly this name.",
  ]);
  const added = await admin.submit(nobody, 'form[action="/v1/teams/1/members"]', { user_id: userId });
  const changed = await admin.submit(added, `form[action*="/members/${userId}?_method=PUT"]`, {
    function: "MEMBER_FUNCTION_MANAGER",
  });
  expect(changed.root.querySelector(".notice")?.textContent).toBe("Saved.");
  expect((await client.get("/v1/teams/1")).text).toContain("You are a manager of this team.");
  const guest = await personOn("mapper-6");
  await client.submit(await client.get("/v1/teams/1"), 'form[action="/v1/teams/1/invitations"]', {
    user_id: guest.userId,
  });
  const mine = await guest.client.get("/v1/invitations");
  const declined = await guest.client.submit(mine, 'form[action*="/decline"]');
  expect(declined.root.querySelector(".notice")?.textContent).toBe("You have declined the invitation.");
});

test("a person deletes their account, once they confirm it, and is signed out", async () => {
  const { client } = await personOn("mapper-7");
  const page = await client.get("/v1/users/me");
  const form = 'form[action*="_method=DELETE"]';
  expect((await client.submit(page, form)).status).toBe(422);
  const gone = await client.submit(page, form, { confirmed: "true" });
  expect([gone.path, gone.root.querySelector(".notice")?.textContent]).toEqual([
    "/",
    "Your account is deleted.",
  ]);
  expect([...client.cookies.keys()]).not.toContain("__Host-tessera-session");
});

test("a token for programs is shown once, and is revoked; all sessions are ended", async () => {
  const { client } = await personOn("mapper-8");
  const form = 'form[action="/v1/personal-access-tokens"]';
  const none = await client.submit(await client.get("/v1/personal-access-tokens"), form, { name: "Script" });
  expect([none.status, none.root.querySelector("input[name=name]")?.getAttribute("value")]).toEqual([
    422,
    "Script",
  ]);
  const made = await client.submit(none, form, { scopes: ["tasks:read", "tasks:write"] });
  expect(made.root.querySelector(".secret code")?.textContent).toMatch(/^tsra_/);
  const list = await client.get("/v1/personal-access-tokens");
  expect(list.text).not.toContain("tsra_");
  const revoked = await client.submit(list, 'form[action*="_method=DELETE"]');
  expect(revoked.root.querySelector(".notice")?.textContent).toBe("The token is revoked.");
  const out = await client.submit(
    await client.get("/v1/sessions"),
    'form[action="/v1/sessions?_method=DELETE"]',
  );
  expect([out.path, [...client.cookies.keys()].includes("__Host-tessera-session")]).toEqual(["/", false]);
});

test("administrators have an overview, and others neither its page nor a link to it", async () => {
  const overview = await admin.get("/console/administration");
  expect(overview.status).toBe(200);
  for (const link of overview.root.querySelectorAll("main li a"))
    expect((await admin.get(link.getAttribute("href") ?? "")).status).toBe(200);
  const { client } = await personOn("mapper-9");
  const refused = await client.get("/console/administration");
  expect([refused.status, refused.root.querySelector("[role=alert]")?.getAttribute("data-reason")]).toEqual([
    403,
    "NOT_ADMINISTRATOR",
  ]);
  expect(refused.root.querySelector('header a[href="/console/administration"]')).toBeNull();
});

test("an administrator blocks somebody with a reason, and sets level and role", async () => {
  const { userId } = await personOn("mapper-10");
  const page = await admin.get(`/v1/users/${userId}`);
  const level = await admin.submit(page, 'form[action*="/level"]', {
    mapping_level: "MAPPING_LEVEL_ADVANCED",
  });
  expect(level.root.querySelector("dl")?.textContent).toContain("Advanced");
  const blocked = await admin.submit(level, 'form[action*="/block"]', { reason: `Spam ${ATTACK}` });
  expect([blocked.text.includes(ATTACK), blocked.root.querySelector(".notice")?.textContent]).toEqual([
    false,
    "The person is blocked.",
  ]);
  const free = await admin.submit(blocked, 'form[action*="/block"]');
  expect(free.root.querySelector(".notice")?.textContent).toBe("The person is no longer blocked.");
});
