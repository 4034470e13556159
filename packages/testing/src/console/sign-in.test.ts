import { afterAll, beforeAll, expect, test } from "vitest";
import { type ConsoleSystem, consoleSystem } from "../console-system.ts";
import { pageClient, type SeenPage, signInPage } from "../ground/page-client.ts";

let system: ConsoleSystem;
beforeAll(async () => {
  system = await consoleSystem();
});
afterAll(() => system.stop());

test("a person signs in by name, and out again", async () => {
  const client = pageClient(system.url);
  const home = await signInPage(client, "mapper-1");
  expect([home.status, home.path]).toEqual([200, "/"]);
  expect(home.root.querySelector(".notice")?.textContent).toBe("You are signed in.");
  expect(home.headers.get("cache-control")).toBe("private, no-store");
  const again = await client.get("/");
  expect(again.root.querySelector(".notice")).toBeNull();
  const out = await client.submit(again, 'form[action="/console/sign-out"]');
  expect(out.root.querySelector(".notice")?.textContent).toBe("You are signed out.");
  expect([...client.cookies.keys()]).not.toContain("__Host-tessera-session");
});

test("a name that nobody has is refused at its form, and what was typed is kept", async () => {
  const client = pageClient(system.url);
  const refused = await signInPage(client, "somebody else");
  const form = refused.root.querySelector('main form[action="/console/sign-in"]');
  expect(form?.querySelector("[role=alert]")?.getAttribute("data-reason")).toBe("PERSON_UNKNOWN");
  expect(form?.querySelector("input[name=name]")?.getAttribute("value")).toBe("somebody else");
  expect(refused.status).toBe(422);
});

test("a form of another site, and one without the token of this browser, do nothing", async () => {
  const client = pageClient(system.url);
  const page = await client.get("/console/sign-in");
  const form = 'main form[action="/console/sign-in"]';
  const name = "mapper-1";
  const from = (headers: Record<string, string>, fields = {}) =>
    client.submit(page, form, { name, ...fields }, headers);
  expect((await from({ origin: "https://evil.example", "sec-fetch-site": "cross-site" })).status).toBe(403);
  expect((await from({ "sec-fetch-site": "same-site" })).status).toBe(403);
  expect((await from({}, { _token: undefined })).status).toBe(403);
  expect((await from({}, { _token: "A".repeat(86) })).status).toBe(403);
  expect((await from({})).status).toBe(200);
});

test("after signing in only a path of this site is followed", async () => {
  for (const next of ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"]) {
    const client = pageClient(system.url);
    const page = await client.get(`/console/sign-in?next=${encodeURIComponent(next)}`);
    const done = await client.submit(page, 'main form[action="/console/sign-in"]', {
      name: "mapper-1",
      next,
    });
    expect([next, done.status, done.path]).toEqual([next, 200, "/"]);
  }
});

const ABOUT = 'form[action*="_method=PATCH"]';
const aboutIn = (page: SeenPage) => page.root.querySelector(`${ABOUT} textarea`)?.textContent.trim();

test("what was typed while a session ended stands in its form after signing in again", async () => {
  const client = pageClient(system.url);
  await signInPage(client, "mapper-21");
  const mine = await client.get("/v1/users/me");
  const field = mine.root.querySelector(`${ABOUT} textarea`)?.getAttribute("name") ?? "";
  client.cookies.delete("__Host-tessera-session");
  const text = `I map "rivers" & <roads>. ${"é ".repeat(200)}`.trim();
  const asked = await client.submit(mine, ABOUT, { [field]: text });
  expect(asked.path).toMatch(/^\/console\/sign-in\?next=%2Fv1%2Fusers%2Fme$/);
  const again = await client.submit(asked, 'main form[action="/console/sign-in"]', { name: "mapper-21" });
  expect([again.path, again.status]).toEqual(["/v1/users/me", 200]);
  expect(again.root.querySelector(`${ABOUT} [role=alert]`)?.getAttribute("data-reason")).toBe(
    "SIGN_IN_CHANGED",
  );
  expect(aboutIn(again)).toContain("é é é");
  await client.submit(again, ABOUT, {});
  const saved = await client.get("/v1/users/me");
  expect(saved.root.querySelector("[role=alert]")).toBeNull();
  expect(aboutIn(saved)).toContain("rivers");
});

test("a kept form is found on a page with a query, and is gone for the next person after signing out", async () => {
  const client = pageClient(system.url);
  await signInPage(client, "mapper-23");
  const typed = async () => {
    const mine = await client.get("/v1/users/me?all");
    const field = mine.root.querySelector(`${ABOUT} textarea`)?.getAttribute("name") ?? "";
    client.cookies.delete("__Host-tessera-session");
    return client.submit(mine, ABOUT, { [field]: "Typed." });
  };
  const again = await client.submit(await typed(), 'main form[action="/console/sign-in"]', {
    name: "mapper-23",
  });
  expect([again.path, aboutIn(again)]).toEqual(["/v1/users/me?all=", "Typed."]);
  await typed();
  await signInPage(client, "mapper-23");
  await client.submit(await client.get("/"), 'form[action="/console/sign-out"]');
  await signInPage(client, "mapper-24");
  expect(aboutIn(await client.get("/v1/users/me?all="))).toBe("");
});

test("a form of a page from before another sign-in is not done, and keeps what was typed", async () => {
  const client = pageClient(system.url);
  await signInPage(client, "mapper-22");
  const mine = await client.get("/v1/users/me");
  const field = mine.root.querySelector(`${ABOUT} textarea`)?.getAttribute("name") ?? "";
  await signInPage(client, "mapper-22");
  const refused = await client.submit(mine, ABOUT, { [field]: "Of the first." });
  expect([refused.status, aboutIn(refused)]).toEqual([403, "Of the first."]);
  expect(aboutIn(await client.get("/v1/users/me"))).toBe("");
});

test("a cookie for a kept form that was made for something else is not read", async () => {
  const planted = pageClient(system.url);
  await signInPage(planted, "mapper-6");
  planted.cookies.set("__Host-tessera-kept-form", planted.cookies.get("__Host-tessera-session") ?? "");
  const mine = await planted.get("/v1/users/me");
  expect([mine.status, mine.root.querySelector("[role=alert]")]).toEqual([200, null]);
});
