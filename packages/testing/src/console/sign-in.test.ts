import { afterAll, beforeAll, expect, test } from "vitest";
import { type ConsoleSystem, consoleSystem } from "../console-system.ts";
import { pageClient, signInPage } from "../ground/page-client.ts";

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
