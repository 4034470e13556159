import { afterAll, beforeAll, expect, test } from "vitest";
import { testBrowser } from "./testing/browser.ts";
import { CLIENT_ID, REDIRECT_URI, type SignInSystem, signInSystem } from "./testing/sign-in.ts";

let it: SignInSystem;

beforeAll(async () => {
  it = await signInSystem();
});

afterAll(() => it.stop());

const JSON_ONLY = { accept: "application/json" };

async function reasonAt(url: string, browser = testBrowser()) {
  const visit = await browser.get(url, JSON_ONLY);
  expect(visit.location).toBeUndefined();
  expect(visit.headers.get("content-type")).toBe("application/problem+json");
  const { reason, status } = JSON.parse(visit.text);
  expect(status).toBe(visit.status);
  return reason;
}

/** A browser that was sent away and has come back to the door, not yet through it. */
async function atTheDoor(browser = testBrowser()) {
  const left = await browser.get(it.authorizeUrl());
  const came = await browser.get(left.location?.href as string);
  return { browser, callback: came.location?.href as string };
}

test("a state can be used once", async () => {
  const { browser, callback } = await atTheDoor();
  expect((await browser.get(callback)).location?.origin).toBe("https://app.test");
  expect(await reasonAt(callback, browser)).toBe("SIGN_IN_UNKNOWN");
});

test("of fifty who come with one state at once, one gets a code", async () => {
  const { browser, callback } = await atTheDoor();
  const visits = await Promise.all(Array.from({ length: 50 }, () => browser.get(callback, JSON_ONLY)));
  const codes = visits.filter(({ location }) => location?.searchParams.has("code"));
  expect(codes).toHaveLength(1);
  expect(visits.filter(({ status }) => status === 400)).toHaveLength(49);
});

test("a state is valid in its own browser only, and another's attempt does not use it up", async () => {
  const { browser, callback } = await atTheDoor();
  expect(await reasonAt(callback)).toBe("SIGN_IN_UNKNOWN");
  const other = testBrowser();
  await other.get(it.authorizeUrl());
  expect(await reasonAt(callback, other)).toBe("SIGN_IN_UNKNOWN");
  expect((await browser.get(callback)).location?.searchParams.has("code")).toBe(true);
});

test("a state that was invented, is missing or is given twice is unknown", async () => {
  const { browser, callback } = await atTheDoor();
  const state = new URL(callback).searchParams.get("state") as string;
  for (const query of [
    "",
    "?code=x",
    "?state=",
    `?state=${"x".repeat(43)}`,
    `?state=${state}&state=${state}`,
    `?state=${state}%00`,
  ]) {
    expect(await reasonAt(`${it.url}/oauth2/callback${query}`, browser)).toBe("SIGN_IN_UNKNOWN");
  }
});

test("a sign-in of more than ten minutes ago has expired", async () => {
  const { browser, callback } = await atTheDoor();
  await it.system.database.sql`update sign_ins set expire_time = clock_timestamp()`;
  expect(await reasonAt(callback, browser)).toBe("SIGN_IN_EXPIRED");
});

test("a code of the provider from another sign-in is refused here", async () => {
  const [victim, attacker] = [await atTheDoor(), await atTheDoor()];
  const mixed = new URL(victim.callback);
  mixed.searchParams.set("code", new URL(attacker.callback).searchParams.get("code") as string);
  const back = await victim.browser.get(mixed.href);
  expect(back.location?.searchParams.get("error")).toBe("server_error");
});

test("an answer that says it comes from another issuer is not taken (mix-up)", async () => {
  const { browser, callback } = await atTheDoor();
  const back = await browser.get(`${callback}&iss=https%3A%2F%2Fevil.test`);
  expect(back.location?.searchParams.get("error")).toBe("server_error");
  const again = await atTheDoor();
  const right = await again.browser.get(`${again.callback}&iss=${encodeURIComponent(it.osm.url)}`);
  expect(right.location?.searchParams.has("code")).toBe(true);
});

test("an error of the provider reaches the client as one of a few words, and nothing of its text does", async () => {
  for (const [error, expected] of [
    ["access_denied", "access_denied"],
    ["temporarily_unavailable", "temporarily_unavailable"],
    ["<script>", "server_error"],
    ["x\r\nset-cookie: a=b", "server_error"],
  ] as const) {
    const { browser, callback } = await atTheDoor();
    const url = new URL(callback);
    url.searchParams.delete("code");
    url.searchParams.set("error", error);
    url.searchParams.set("error_description", "canary");
    const back = await browser.get(url.href);
    expect(back.location?.searchParams.get("error")).toBe(expected);
    expect(back.location?.href).not.toMatch(/canary|%3C|cookie/);
  }
});

test.each([
  ["a suffix", `${REDIRECT_URI}/more`],
  ["a suffix of the host", "https://app.test.evil.test/callback"],
  ["a prefix", "https://app.test/call"],
  ["another case of the path", "https://app.test/Callback"],
  ["another case of the host", "https://APP.test/callback"],
  ["a fragment", `${REDIRECT_URI}#x`],
  ["a query", `${REDIRECT_URI}?x=1`],
  ["an encoded letter", "https://app.test/c%61llback"],
  ["a port", "https://app.test:443/callback"],
  ["a user", "https://app.test@evil.test/callback"],
  ["a way up", "https://app.test/x/../callback"],
  ["backslashes", "https://app.test\\callback"],
  ["a trailing slash", `${REDIRECT_URI}/`],
  ["a space", `${REDIRECT_URI} `],
  ["a line break", `${REDIRECT_URI}\r\nset-cookie: a=b`],
  ["a null", `${REDIRECT_URI}\0`],
  ["http", "http://app.test/callback"],
  ["javascript", "javascript:alert(1)"],
  ["another client's", "https://backend.test/callback"],
  ["a loopback name", "http://localhost:1234/back"],
  ["a loopback path", "http://127.0.0.1:1234/other"],
  ["a loopback with a user", "http://127.0.0.1:1234@evil.test/back"],
  ["a port that is none", "http://127.0.0.1:99999/back"],
  ["a relative one", "/callback"],
  ["10,000 characters", `https://app.test/${"a".repeat(7_000)}`],
])("nobody is sent to a redirect URI that is not registered: %s", async (_, redirect_uri) => {
  expect(await reasonAt(it.authorizeUrl({ redirect_uri }))).toBe("REDIRECT_URI_UNREGISTERED");
});

test("a native app listens on whichever port it gets", async () => {
  for (const redirect_uri of ["http://127.0.0.1:51004/back", "http://127.0.0.1/back"]) {
    const { back } = await it.signIn(testBrowser(), { redirect_uri });
    expect(back.location?.href.startsWith(redirect_uri)).toBe(true);
  }
});

test("a registered address keeps the parameters that it has", async () => {
  const { back } = await it.signIn(testBrowser(), { redirect_uri: "https://app.test/with?one=1" });
  expect(back.location?.href).toMatch(/^https:\/\/app\.test\/with\?one=1&code=/);
});

test("before it is known who asks, nobody is sent anywhere", async () => {
  expect(await reasonAt(it.authorizeUrl({ client_id: undefined }))).toBe("PARAMETER_MALFORMED");
  expect(await reasonAt(it.authorizeUrl({ redirect_uri: undefined }))).toBe("PARAMETER_MALFORMED");
  expect(await reasonAt(it.authorizeUrl({ client_id: "nobody" }))).toBe("CLIENT_UNKNOWN");
  expect(await reasonAt(`${it.authorizeUrl()}&client_id=${CLIENT_ID}`)).toBe("PARAMETER_MALFORMED");
  expect(await reasonAt(`${it.authorizeUrl()}&redirect_uri=https%3A%2F%2Fevil.test`)).toBe(
    "PARAMETER_MALFORMED",
  );
});

test.each<[string, Record<string, string | undefined>, string]>([
  ["no challenge", { code_challenge: undefined }, "invalid_request"],
  ["an empty challenge", { code_challenge: "" }, "invalid_request"],
  ["a plain challenge", { code_challenge_method: "plain" }, "invalid_request"],
  ["no method, which means plain", { code_challenge_method: undefined }, "invalid_request"],
  ["a challenge of another length", { code_challenge: "abc" }, "invalid_request"],
  ["no state", { state: undefined }, "invalid_request"],
  ["a state of 10,000 characters", { state: "x".repeat(8_000) }, "invalid_request"],
  ["a state with a line break", { state: "a\r\nlocation: https://evil.test" }, "invalid_request"],
  ["an implicit flow", { response_type: "token" }, "unsupported_response_type"],
  ["no response type", { response_type: undefined }, "invalid_request"],
  ["a fragment for an answer", { response_mode: "fragment" }, "invalid_request"],
  ["a request object", { request: "e30" }, "invalid_request"],
  ["a scope that nobody has", { scope: "tasks:read root" }, "invalid_scope"],
  ["the scope of services", { scope: "services" }, "invalid_scope"],
])("faults of a client's request are sent to it: %s", async (_, changes, error) => {
  const { location, status } = await testBrowser().get(it.authorizeUrl(changes));
  expect(status).toBe(302);
  expect(location?.href.startsWith(`${REDIRECT_URI}?`)).toBe(true);
  expect(location?.searchParams.get("error")).toBe(error);
  expect(location?.searchParams.get("iss")).toBe(it.url);
});

test("a repeated parameter is reported to the client", async () => {
  const { location } = await testBrowser().get(`${it.authorizeUrl()}&scope=account&scope=tasks:read`);
  expect(location?.searchParams.get("error")).toBe("invalid_request");
});

test("a person who reads HTML gets a page that loads nothing and repeats nothing", async () => {
  const url = it.authorizeUrl({ client_id: "<script>alert(1)</script>" });
  const page = await testBrowser().get(url, { accept: "text/html,application/xhtml+xml" });
  expect(page.status).toBe(400);
  expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(page.headers.get("content-security-policy")).toContain("default-src 'none'; frame-ancestors 'none'");
  expect(page.text).toContain("No client of this id is registered");
  expect(page.text).not.toContain("script");
});
