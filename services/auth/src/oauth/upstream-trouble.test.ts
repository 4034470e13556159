import { createServer } from "node:http";
import { freePort } from "@tessera/embedded-postgres/free-port.ts";
import { html, json, type Trouble } from "@tessera/testing/ground/test-osm.ts";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { testBrowser } from "./testing/browser.ts";
import { codeForm, type SignInSystem, signInSystem } from "./testing/sign-in.ts";

let it: SignInSystem;

beforeAll(async () => {
  it = await signInSystem();
});

beforeEach(() => {
  it.osm.trouble = {};
});

afterAll(() => it.stop());

/** How a sign-in ends for the client: the error, and the reason whose page is named. */
async function ending() {
  const { back } = await it.signIn();
  const { error, error_uri, code, state, iss } = Object.fromEntries(back.location?.searchParams ?? []);
  expect([state, iss]).toEqual(["of the client", it.url]);
  expect(code).toBeUndefined();
  return [error, error_uri?.replace(`${it.url}/problems/`, "")];
}

const large =
  (bytes: number): Trouble =>
  (_, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(`{"user":{"id":1,"display_name":"x"},"pad":"${"x".repeat(bytes)}"}`);
  };
const cut: Trouble = (_, response) => {
  response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
  response.write('{"access_token":"a');
  setTimeout(() => response.socket?.destroy(), 20);
};
const elsewhere: Trouble = (_, response) =>
  void response.writeHead(302, { location: "http://127.0.0.1:1/" }).end();
const xml: Trouble = (_, response) => {
  response.writeHead(200, { "content-type": "application/xml" });
  response.end('<?xml version="1.0"?><osm version="0.6"><user id="1" display_name="x"/></osm>');
};

const UNAVAILABLE = ["temporarily_unavailable", "upstream-unavailable"];
const REFUSED = ["server_error", "upstream-refused"];
const INVALID = ["server_error", "upstream-answer-invalid"];

test.each<[string, Trouble, string[]]>([
  ["a broken server", (_, response) => html(response, 500), UNAVAILABLE],
  ["a page that says to come later", (_, response) => html(response, 503), UNAVAILABLE],
  ["too many requests", (_, response) => html(response, 429), UNAVAILABLE],
  ["a connection that is cut at once", (request) => void request.socket.destroy(), UNAVAILABLE],
  ["a connection that is cut in the middle", cut, UNAVAILABLE],
  ["an HTML page for an error", (_, response) => html(response, 400), REFUSED],
  ["a page that forbids", (_, response) => html(response, 403), REFUSED],
  ["a redirect, which is not followed", elsewhere, INVALID],
  ["an endless answer", large(70_000), INVALID],
  ["XML", xml, INVALID],
  [
    "JSON that is cut short",
    (_, response) => void response.writeHead(200, { "content-type": "application/json" }).end('{"a'),
    INVALID,
  ],
  ["JSON of another shape", (_, response) => json(response, 200, [null]), INVALID],
])("at the token endpoint: %s", async (_, trouble, expected) => {
  it.osm.trouble.token = trouble;
  expect(await ending()).toEqual(expected);
});

test.each<[string, Trouble, string[]]>([
  ["a broken server", (_, response) => html(response, 502), UNAVAILABLE],
  ["a connection that is cut at once", (request) => void request.socket.destroy(), UNAVAILABLE],
  ["a connection that is cut in the middle", cut, UNAVAILABLE],
  [
    "a token that it does not take",
    (_, response) => html(response.setHeader("www-authenticate", "Bearer"), 401),
    REFUSED,
  ],
  ["a redirect, which is not followed", elsewhere, INVALID],
  ["an endless answer", large(70_000), INVALID],
  ["XML", xml, INVALID],
  [
    "a person without a number",
    (_, response) => json(response, 200, { user: { display_name: "x" } }),
    INVALID,
  ],
  ["a number that is none", (_, response) => json(response, 200, { user: { id: 1.5 } }), INVALID],
  [
    "a number beyond what JSON keeps",
    (_, response) => json(response, 200, { user: { id: 2 ** 60 } }),
    INVALID,
  ],
  ["a person in a prototype", (_, response) => json(response, 200, { __proto__: null, user: [] }), INVALID],
])("at the user document: %s", async (_, trouble, expected) => {
  it.osm.trouble.details = trouble;
  expect(await ending()).toEqual(expected);
});

test("OAuth errors of the token endpoint are reported by their code", async () => {
  it.osm.trouble.token = (_, response) => json(response, 400, { error: "invalid_grant" });
  expect(await ending()).toEqual(REFUSED);
  it.osm.trouble.token = (_, response) => json(response, 400, { error: "temporarily_unavailable" });
  expect(await ending()).toEqual(UNAVAILABLE);
});

test("an answer that does not come is given up", async () => {
  it.osm.trouble.details = () => {};
  expect(await ending()).toEqual(UNAVAILABLE);
});

test("an answer that drips is given up, too", async () => {
  it.osm.trouble.details = (_, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    const drip = setInterval(() => response.write(" "), 200);
    response.once("close", () => clearInterval(drip));
  };
  expect(await ending()).toEqual(UNAVAILABLE);
});

test("an answer of just below the limit is read", async () => {
  it.osm.trouble.details = large(60_000);
  expect((await it.signIn()).back.location?.searchParams.get("code")).toBeTruthy();
});

test("no trouble leaves anything that could be used, and each is written down", async () => {
  const { sql } = it.system.database;
  const [before] = await sql`select count(*)::int as events from events where kind = 111`;
  it.osm.trouble.token = (_, response) => html(response, 500);
  await ending();
  const rows = await sql`select details from events where kind = 111 order by commit_time`;
  expect(rows).toHaveLength(before?.events + 1);
  expect(rows.at(-1)?.details).toEqual({ provider: "openstreetmap", reason: "UPSTREAM_UNAVAILABLE" });
});

test("nobody who listens on the provider's port is believed without the provider's own words", async () => {
  const port = await freePort();
  const silent = createServer((_, response) => response.writeHead(204).end()).listen(port, "127.0.0.1");
  const other = await signInSystem({ UPSTREAM_TOKEN_URL: `http://127.0.0.1:${port}/` });
  const { back } = await other.signIn();
  expect(back.location?.searchParams.get("error")).toBe("server_error");
  await other.stop();
  silent.close();
});

test.each([
  ["emoji, joined ones too", "Zoë 👩‍👩‍👧‍👦 🗺️", "Zoë 👩‍👩‍👧‍👦 🗺️"],
  ["a name from right to left", "محمد علي", "محمد علي"],
  ["a decomposed name", "Zoe\u0308", "Zoë"],
  ["overrides of direction", "abc\u202Egnp.exe\u202C", "abcgnp.exe"],
  ["controls and line breaks", "a\u0000b\r\nc\u0007\td", "ab c d"],
  ["a lone half of a character", "a\uD800b", "ab"],
  ["nothing but controls", "\u0000\u0001", "user 4712"],
  ["nothing", "", "user 4712"],
  ["no text at all", 17, "user 4712"],
  ["markup", "<script>alert(1)</script>", "<script>alert(1)</script>"],
  ["quotes and SQL", "'); drop table users; --", "'); drop table users; --"],
  ["a very long name", "ä".repeat(100_000).slice(0, 20_000), "ä".repeat(255)],
  ["a long one of joined emoji, not cut within", "👩‍👩‍👧‍👦".repeat(40), "👩‍👩‍👧‍👦".repeat(36)],
])("a display name: %s", async (_, display_name, shown) => {
  it.osm.user = { id: 4712, display_name };
  const answer = await it.post("/oauth2/token", codeForm(await it.signIn(testBrowser())));
  const headers = { authorization: `Bearer ${answer.json.access_token}` };
  expect((await it.system.client.getCurrentUser({}, { headers })).user?.name).toBe(shown);
});
