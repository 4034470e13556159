import { afterAll, beforeAll, expect, test } from "vitest";
import { type ConsoleSystem, consoleSystem } from "../console-system.ts";
import { type PageClient, pageClient } from "../ground/page-client.ts";
import { type TestOsm, testOsm } from "../ground/test-osm.ts";

let osm: TestOsm;
let system: ConsoleSystem;
beforeAll(async () => {
  osm = await testOsm();
  system = await consoleSystem({
    UPSTREAM_CLIENT_ID: osm.clientId,
    UPSTREAM_CLIENT_SECRET: osm.clientSecret,
    UPSTREAM_AUTHORIZATION_URL: `${osm.url}/oauth2/authorize`,
    UPSTREAM_TOKEN_URL: `${osm.url}/oauth2/token`,
    UPSTREAM_USER_URL: `${osm.url}/api/0.6/user/details.json`,
  });
});
afterAll(async () => {
  await system.stop();
  await osm.stop();
});

const BEGIN = 'main form[action="/console/sign-in/provider"]';
/** Where each hop leads: from auth to the provider, back to auth, and back to the console. */
const HOPS = 3;

/** Follows the way from the button to the address at which the console takes the browser back. */
async function wayBack(client: PageClient, next = "/v1/projects"): Promise<string> {
  const page = await client.get(`/console/sign-in?next=${encodeURIComponent(next)}`);
  const begun = await client.submit(page, BEGIN);
  let address = begun.headers.get("location") ?? "";
  for (let hop = 0; hop < HOPS; hop++) {
    expect(address, begun.text).toMatch(/^http:\/\//);
    const headers = address.startsWith(system.url) ? { cookie: cookiesOf(client) } : undefined;
    const response = await fetch(address, { redirect: "manual", ...(headers && { headers }) });
    for (const cookie of response.headers.getSetCookie()) {
      const [name = "", value = ""] = (cookie.split(";")[0] ?? "").split(/=(.*)/s);
      client.cookies.set(name, value);
    }
    address = new URL(response.headers.get("location") ?? "", address).href;
  }
  expect(address).toContain("/console/signed-in?");
  return address.slice(system.url.length);
}

const cookiesOf = ({ cookies }: PageClient) => [...cookies].map((it) => it.join("=")).join("; ");

test("a person signs in with the provider that auth has, and lands where they were", async () => {
  osm.user = { id: 4711, display_name: "Ana <b>Mapper</b>" };
  const client = pageClient(system.url);
  const back = await wayBack(client);
  const page = await client.get(back);
  expect([page.status, page.path]).toEqual([200, "/v1/projects"]);
  expect(page.root.querySelector(".me")?.textContent).toBe("Ana <b>Mapper</b>");
  expect(page.text).toContain("Ana &lt;b&gt;Mapper&lt;/b&gt;");
  expect(client.cookies.has("__Host-tessera-console-sign-in")).toBe(false);
  // What the browser holds says nothing: the tokens are encrypted.
  const session = client.cookies.get("__Host-tessera-session") ?? "";
  expect(session.split(".")).toHaveLength(5);
  expect(session).not.toMatch(/eyJ[A-Za-z0-9_-]+\.eyJ/);
});

test("a code is worth nothing in another browser, a second time, or without the state that began it", async () => {
  const client = pageClient(system.url);
  const back = await wayBack(client);
  const other = pageClient(system.url);
  expect((await other.get(back)).status).toBe(400);
  expect((await client.get(back.replace(/state=[^&]*/, "state=forged"))).status).toBe(400);
  const fresh = pageClient(system.url);
  const once = await wayBack(fresh);
  const kept = new Map(fresh.cookies);
  expect((await fresh.get(once)).status).toBe(200);
  for (const [name, value] of kept) fresh.cookies.set(name, value);
  expect((await fresh.get(once)).status).toBe(400);
});
