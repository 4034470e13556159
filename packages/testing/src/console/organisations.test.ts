import { ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ConsoleSystem, consoleSystem } from "../console-system.ts";
import { type PageClient, pageClient, type SeenPage, signInPage } from "../ground/page-client.ts";
import { createProject } from "../ground/world.ts";

const ATTACK = "<script>alert(1)</script>";

let system: ConsoleSystem;
let admin: PageClient;

beforeAll(async () => {
  system = await consoleSystem();
  admin = pageClient(system.url);
  await signInPage(admin, "administrator");
});
afterAll(() => system.stop());

const notice = ({ root }: SeenPage) => root.querySelector(".notice")?.textContent;
const reason = ({ root }: SeenPage) => root.querySelector("[role=alert]")?.getAttribute("data-reason");
const person = async (name: string) => {
  const client = pageClient(system.url);
  await signInPage(client, name);
  return client;
};

async function organisation(name: string, fields: Record<string, string> = {}) {
  const list = await admin.get("/v1/organisations");
  const form = 'form[action="/v1/organisations"][method="post"]';
  return admin.submit(list, form, { "organisation.name": name, ...fields });
}

test("an administrator makes an organisation, and its managers change it and each other", async () => {
  const made = await organisation("Mappers of the North", { "organisation.description": `# Who\n${ATTACK}` });
  expect([notice(made), made.root.querySelector("h1")?.textContent, made.text.includes(ATTACK)]).toEqual([
    "It is there now.",
    "Mappers of the North",
    false,
  ]);
  const mapper = await person("mapper-31");
  expect((await mapper.get(made.path)).root.querySelector('form[action*="_method=PATCH"]')).toBeNull();
  const nobody = await admin.submit(made, 'form[action$="/managers"]', { user_id: "nobody-of-this-name" });
  expect([nobody.status, nobody.root.querySelector('[name="user_id"]')?.getAttribute("value")]).toEqual([
    422,
    "nobody-of-this-name",
  ]);
  const added = await admin.submit(made, 'form[action$="/managers"]', { user_id: "mapper-31" });
  expect(notice(added)).toBe("The person is a manager now.");
  const own = await mapper.get(made.path);
  const changed = await mapper.submit(own, 'form[action*="_method=PATCH"]', {
    "organisation.url": "https://north.example/",
  });
  expect([notice(changed), changed.root.querySelector('main a[rel*="nofollow"]')?.textContent]).toEqual([
    "Saved.",
    "https://north.example/",
  ]);
  const wrong = await mapper.submit(changed, 'form[action*="_method=PATCH"]', {
    "organisation.url": "javascript:alert(1)",
  });
  expect([wrong.status, wrong.root.querySelectorAll(".fault").length]).toEqual([422, 1]);
  const removed = await admin.submit(
    await admin.get(made.path),
    'form[action*="/managers/"][action*="_method=DELETE"]',
  );
  expect(notice(removed)).toBe("The person is no longer a manager.");
});

test("a name that is taken is refused in the form, and a change of another person shows both versions", async () => {
  const first = await organisation("Twice");
  const taken = await organisation("twice", { "organisation.description": "kept" });
  expect([taken.status, reason(taken), taken.root.querySelector("textarea")?.textContent]).toEqual([
    409,
    "ORGANISATION_NAME_TAKEN",
    "kept",
  ]);
  const form = 'form[action*="_method=PATCH"]';
  await admin.submit(first, form, { "organisation.description": "theirs" });
  const stale = await admin.submit(first, form, { "organisation.description": "mine" });
  expect([
    stale.status,
    stale.root.querySelectorAll(".versions td").map((it) => it.textContent.trim()),
  ]).toEqual([412, ["mine", "theirs"]]);
  const chosen = await admin.submit(stale, form, { "_take.organisation.description": "theirs" });
  expect(chosen.root.querySelector(".prose")?.textContent.trim()).toBe("theirs");
});

test("an organisation is deleted once that is confirmed, and not while it has teams", async () => {
  const made = await organisation("Short-lived");
  const remove = `form[action="${made.path}?_method=DELETE"]`;
  expect((await admin.submit(made, remove)).status).toBe(422);
  const teams = await admin.get(`/v1/teams?organisation_id=${made.path.split("/").at(-1)}`);
  const team = await admin.submit(teams, 'form[action="/v1/teams"][method="post"]', { "team.name": "Crew" });
  const kept = await admin.submit(made, remove, { confirmed: "true" });
  expect([kept.status, reason(kept)]).toEqual([409, "ORGANISATION_HAS_TEAMS"]);
  await admin.submit(team, `form[action="${team.path}?_method=DELETE"]`, { confirmed: "true" });
  const gone = await admin.submit(kept, remove, { confirmed: "true" });
  expect([gone.path, notice(gone)]).toEqual(["/v1/organisations", "It is deleted."]);
});

test("the search finds organisations by name, and those of an address alone are shown", async () => {
  await organisation("Findable agency");
  const page = await admin.get("/v1/organisations");
  const found = await admin.submit(page, "form[role=search]", { query: "findable" });
  expect(found.root.querySelectorAll("#results h2").map((it) => it.textContent)).toEqual(["Findable agency"]);
  const link = found.root.querySelector("#results h2 a")?.getAttribute("href") ?? "";
  const alone = await admin.get(`/v1/organisations?organisation_ids=${link.split("/").at(-1)}`);
  expect(alone.root.querySelectorAll("#results h2").length).toBe(1);
});

test("a licence is made, changed, accepted once, and deleted only while no project has it", async () => {
  const form = 'form[action="/v1/licences"]';
  const list = await admin.get("/v1/licences");
  const wrong = await admin.submit(list, form, { "licence.name": "Imagery", "licence.plain_text": "" });
  expect([wrong.status, wrong.root.querySelector('[name="licence.name"]')?.getAttribute("value")]).toEqual([
    422,
    "Imagery",
  ]);
  const made = await admin.submit(wrong, form, { "licence.plain_text": `Only for mapping. ${ATTACK}` });
  expect([notice(made), made.text.includes(ATTACK)]).toEqual(["It is there now.", false]);
  const changed = await admin.submit(made, 'form[action*="_method=PATCH"]', {
    "licence.description": "Imagery of *2026*",
  });
  expect(changed.root.querySelector(".prose em")?.textContent).toBe("2026");

  const mapper = await person("mapper-32");
  const page = await mapper.get(made.path);
  expect(page.root.querySelector('form[action*="_method=PATCH"]')).toBeNull();
  const accepted = await mapper.submit(page, 'form[action*="/acceptance"]');
  expect([accepted.path, accepted.root.querySelector('form[action*="/acceptance"]')]).toEqual([
    made.path,
    null,
  ]);
  expect((await pageClient(system.url).get(made.path)).text).toContain("Sign in to accept it");

  const licenceId = Number(made.path.split("/").at(-1));
  const headers = await system.signIn("administrator");
  await createProject(system, headers, { licenceId }, [ProjectStatus.PUBLISHED]);
  const remove = `form[action="${made.path}?_method=DELETE"]`;
  const used = await admin.submit(await admin.get(made.path), remove, { confirmed: "true" });
  expect([used.status, reason(used)]).toEqual([409, "LICENCE_IN_USE"]);
  const other = await admin.submit(list, form, { "licence.name": "Other", "licence.plain_text": "Free." });
  const gone = await admin.submit(other, `form[action="${other.path}?_method=DELETE"]`, {
    confirmed: "true",
  });
  expect([gone.path, notice(gone)]).toEqual(["/v1/licences", "It is deleted."]);
});
