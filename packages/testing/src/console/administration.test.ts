import { exportJWK, generateKeyPair } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ConsoleSystem, consoleSystem } from "../console-system.ts";
import { type PageClient, pageClient, type SeenPage, signInPage } from "../ground/page-client.ts";

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
const faults = ({ root }: SeenPage) => root.querySelectorAll(".fault").map((it) => it.textContent);

const versionsIn = ({ root }: SeenPage) =>
  root.querySelectorAll(".versions td").map((it) => it.textContent.trim());

async function publicKey(): Promise<string> {
  const { publicKey: key } = await generateKeyPair("EdDSA", { crv: "Ed25519", extractable: true });
  return JSON.stringify(await exportJWK(key));
}

/** Makes a service account through its form; returns its page. */
async function account(clientId: string, fields: Record<string, string | readonly string[]> = {}) {
  const list = await admin.get("/v1/service-accounts");
  const form = 'form[action="/v1/service-accounts"]';
  return admin.submit(list, form, { client_id: clientId, scopes: ["tasks:read"], ...fields });
}

test("a service account is made, given keys, changed and deleted", async () => {
  const made = await account("imagery-model", { description: ATTACK, jwk: await publicKey() });
  expect([notice(made), made.root.querySelector("h1")?.textContent, made.text.includes(ATTACK)]).toEqual([
    "It is there now.",
    "imagery-model",
    false,
  ]);
  const keys = (page: SeenPage) => page.root.querySelectorAll('form[action*="/public-keys/"]').length;
  const second = await admin.submit(made, 'form[action$="/public-keys"]', { jwk: await publicKey() });
  expect([notice(second), keys(made), keys(second)]).toEqual(["The key is registered.", 1, 2]);
  const revoked = await admin.submit(second, 'form[action*="/public-keys/"]');
  expect([notice(revoked), keys(revoked)]).toEqual(["The key is revoked.", 1]);
  const changed = await admin.submit(revoked, 'form[action*="_method=PATCH"]', {
    "service_account.description": "Finds roads",
    "service_account.scopes": ["tasks:read", "tasks:write"],
  });
  expect([notice(changed), changed.root.querySelector("dl")?.textContent]).toEqual([
    "Saved.",
    expect.stringContaining("tasks:read, tasks:write"),
  ]);
  const remove = `form[action="${made.path}?_method=DELETE"]`;
  const unsure = await admin.submit(changed, remove);
  expect([unsure.status, keys(unsure)]).toEqual([422, 1]);
  const gone = await admin.submit(unsure, remove, { confirmed: "true" });
  expect([
    gone.path,
    notice(gone),
    gone.root.querySelector("tbody")?.textContent.includes("imagery-model"),
  ]).toEqual(["/v1/service-accounts", "It is deleted.", false]);
});

test("what is wrong with a service account is said beside its field, and what was typed stays", async () => {
  const wrong = await account("Imagery Model", { description: "Finds roads", scopes: [] });
  expect([wrong.status, faults(wrong).length]).toEqual([422, 2]);
  expect(wrong.root.querySelector('input[name="description"]')?.getAttribute("value")).toBe("Finds roads");
  expect(wrong.root.querySelector("details")?.hasAttribute("open")).toBe(true);
  await account("twice");
  const taken = await account("twice");
  expect([taken.status, taken.root.querySelector("[role=alert]")?.getAttribute("data-reason")]).toEqual([
    409,
    "CLIENT_ID_TAKEN",
  ]);
  const page = await account("keyless");
  const noKey = await admin.submit(page, 'form[action$="/public-keys"]', { jwk: "no key" });
  expect([noKey.root.querySelector("[role=alert]")?.getAttribute("data-reason"), noKey.status]).toEqual([
    "PUBLIC_KEY_INVALID",
    422,
  ]);
});

test("a change of a service account that another person has changed shows both versions to choose from", async () => {
  const page = await account("for-two");
  const form = 'form[action*="_method=PATCH"]';
  await admin.submit(page, form, { "service_account.description": "theirs" });
  const stale = await admin.submit(page, form, { "service_account.description": "mine" });
  expect([stale.status, versionsIn(stale)]).toEqual([412, ["mine", "theirs"]]);
  const chosen = await admin.submit(stale, form, { "_take.service_account.description": "mine" });
  expect([notice(chosen), chosen.root.querySelector("dl")?.textContent]).toEqual([
    "Saved.",
    expect.stringContaining("mine"),
  ]);
});

test("accounts of the deployment's settings have no forms", async () => {
  const list = await admin.get("/v1/service-accounts");
  const deployed = list.root.querySelectorAll("tbody a").find((it) => it.textContent === "task");
  const page = await admin.get(deployed?.getAttribute("href") ?? "");
  expect([page.status, page.root.querySelectorAll("main form").length]).toEqual([200, 0]);
});

test("a signing key is made, and one that does not sign is revoked; the one that signs now is not", async () => {
  const keys = await admin.get("/v1/signing-keys");
  const signing = await admin.submit(keys, 'form[action*="_method=DELETE"]');
  expect(signing.root.querySelector("[role=alert]")?.getAttribute("data-reason")).toBe("SIGNING_KEY_IN_USE");
  const made = await admin.submit(keys, 'form[action="/v1/signing-keys"]');
  expect([notice(made), made.root.querySelectorAll("tbody tr").length]).toEqual([
    "There is a new key. It signs in a few seconds.",
    keys.root.querySelectorAll("tbody tr").length + 1,
  ]);
  const actionsOn = ({ root }: SeenPage) =>
    root.querySelectorAll('form[action*="_method=DELETE"]').map((it) => it.getAttribute("action") as string);
  const [newest] = actionsOn(made).filter((it) => !actionsOn(keys).includes(it));
  const revoked = await admin.submit(made, `form[action="${newest}"]`);
  expect([notice(revoked), actionsOn(revoked)]).toEqual(["The key is revoked.", actionsOn(keys)]);
});

test("the audit log is filtered by kind, by person and by time", async () => {
  await account("logged");
  const page = await admin.get("/v1/auth-events");
  const shown = await admin.submit(page, "form[role=search]", {
    kind: "AUTH_EVENT_KIND_SERVICE_ACCOUNT_CREATED",
  });
  const kinds = new Set(shown.root.querySelectorAll("tbody th").map((it) => it.textContent));
  expect([...kinds]).toEqual(["Service account created"]);
  expect(shown.root.querySelector("tbody dl")?.textContent).toContain("logged");
  const none = await admin.submit(page, "form[role=search]", { before_time: "2020-01-01T00:00" });
  expect(none.root.querySelector("#results")?.textContent).toBe("No event fits.");
  const other = await admin.submit(page, "form[role=search]", { actor_user_id: "999999" });
  expect(other.root.querySelector("#results")?.textContent).toBe("No event fits.");
});

test("a filter of the log that cannot be read is refused, and shows no event", async () => {
  for (const wrong of ["actor_user_id=anna", "team_id=many", "kind=SPILLED", "before_time=soon"]) {
    const page = await admin.get(`/v1/auth-events?${wrong}`);
    const [field = ""] = wrong.split("=");
    expect([wrong, page.status, page.root.querySelectorAll("tbody tr").length]).toEqual([wrong, 422, 0]);
    expect(page.root.querySelector("[role=alert]")?.textContent).toContain(field);
  }
});

test("the log leads to how far the deletion of a person is", async () => {
  const { headers } = await system.signIn("mapper-73");
  const { user } = await system.auth.getCurrentUser({}, { headers });
  const page = await admin.get(`/v1/users/${user?.userId}`);
  const deleting = 'form[action$="?_method=DELETE"]';
  await admin.submit(page, deleting, { confirmed: "true" });
  const log = await admin.get("/v1/auth-events?kind=AUTH_EVENT_KIND_USER_DELETED");
  const link = log.root.querySelector(`tbody a[href="/v1/users/${user?.userId}/deletion"]`);
  const deletion = await admin.get(link?.getAttribute("href") ?? "");
  expect([deletion.status, deletion.root.querySelectorAll("h1").length]).toEqual([200, 1]);
});

test("others see their own events alone, and no service account or key", async () => {
  const mapper = pageClient(system.url);
  await signInPage(mapper, "mapper-71");
  const log = await mapper.get("/v1/auth-events");
  const who = log.root.querySelectorAll("tbody td:nth-child(3) a").map((it) => it.textContent);
  expect([log.status, [...new Set(who)]]).toEqual([200, ["you"]]);
  for (const path of ["/v1/service-accounts", "/v1/signing-keys"])
    expect([path, (await mapper.get(path)).status]).toEqual([path, 403]);
});

test("two managers change a team: the later one sees both versions, and chooses for each field", async () => {
  const making = 'form[action="/v1/organisations"][method=post]';
  await admin.submit(await admin.get("/v1/organisations"), making, { "organisation.name": "Mappers" });
  const team = await admin.submit(await admin.get("/v1/teams"), 'form[action="/v1/teams"][method=post]', {
    "team.name": "Twice changed",
  });
  const form = 'form[action*="_method=PATCH"]';
  await admin.submit(team, form, { "team.description": "theirs", "team.join_method": "JOIN_METHOD_OPEN" });
  const stale = await admin.submit(team, form, { "team.name": "Renamed", "team.description": "mine" });
  expect([stale.status, versionsIn(stale)]).toEqual([
    412,
    ["Renamed", "Twice changed", "mine", "theirs", "By request", "Everybody may join"],
  ]);
  const saved = await admin.submit(stale, form, {
    "_take.team.name": "mine",
    "_take.team.description": "theirs",
    "_take.team.join_method": "theirs",
  });
  expect([saved.status, saved.root.querySelector("h1")?.textContent]).toEqual([200, "Renamed"]);
  expect(saved.root.querySelector("dl.facts")?.textContent).toContain("Everybody may join");
  expect(saved.root.querySelector('textarea[name="team.description"]')?.textContent).toBe("theirs");
});

test("two administrators set the level of somebody: the later one sees both", async () => {
  const { headers } = await system.signIn("mapper-72");
  const { user } = await system.auth.getCurrentUser({}, { headers });
  const old = await admin.get(`/v1/users/${user?.userId}`);
  const level = 'form[action*="/level"]';
  await admin.submit(old, level, { mapping_level: "MAPPING_LEVEL_ADVANCED" });
  const stale = await admin.submit(old, level, { mapping_level: "MAPPING_LEVEL_INTERMEDIATE" });
  expect([stale.status, versionsIn(stale)]).toEqual([412, ["Intermediate", "Advanced"]]);
  const kept = await admin.submit(stale, level, { "_take.mapping_level": "theirs" });
  expect(kept.root.querySelector("dl")?.textContent).toContain("Advanced");
  const set = await admin.submit(stale, level, { "_take.mapping_level": "mine" });
  expect(set.root.querySelector("dl")?.textContent).toContain("Intermediate");
});
