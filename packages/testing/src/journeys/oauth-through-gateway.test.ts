import { freePort } from "@tessera/embedded-postgres/free-port.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestSystem, testSystem } from "../system.ts";

const REDIRECT_URI = "https://app.test/callback";

let system: TestSystem;
let url: string;

beforeAll(async () => {
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  system = await testSystem({
    HTTP_PORT: String(port),
    TOKEN_ISSUER: url,
    RATE_LIMIT_PERCENT: "1",
    TRUSTED_PROXIES: "127.0.0.1",
    OAUTH_CLIENTS: JSON.stringify([{ client_id: "app", redirect_uris: [REDIRECT_URI] }]),
    UPSTREAM_CLIENT_ID: "ours",
  });
});

afterAll(() => system.stop());

const ask = (path: string, headers: Record<string, string> = {}) =>
  fetch(url + path, { redirect: "manual", headers });

/** Where a sign-in leads; `changes` to what a client asks. */
function authorize(changes: Record<string, string> = {}, headers = {}) {
  const asked = {
    response_type: "code",
    client_id: "app",
    redirect_uri: REDIRECT_URI,
    state: "s",
    code_challenge: "x".repeat(43),
    code_challenge_method: "S256",
    ...changes,
  };
  return ask(`/oauth2/authorize?${new URLSearchParams(asked)}`, headers);
}

test("what clients must know is found at the issuer, and every endpoint of it is there", async () => {
  const metadata = (await (await ask("/.well-known/oauth-authorization-server")).json()) as Record<
    string,
    string
  >;
  expect(metadata.issuer).toBe(url);
  for (const name of ["token", "revocation", "introspection"]) {
    const endpoint = metadata[`${name}_endpoint`] as string;
    expect(endpoint.startsWith(`${url}/oauth2/`)).toBe(true);
    const answer = await fetch(endpoint, { method: "POST", body: new URLSearchParams({ token: "x" }) });
    expect([400, 401]).toContain(answer.status);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(((await answer.json()) as { error: string }).error).toMatch(/^invalid_(request|client)$/);
  }
  const { keys } = (await (await fetch(metadata.jwks_uri as string)).json()) as { keys: object[] };
  expect(keys.length).toBeGreaterThan(0);
});

test("a browser is sent to the identity provider, with a cookie and a way back through the gateway", async () => {
  const answer = await authorize();
  expect(answer.status).toBe(302);
  const location = new URL(answer.headers.get("location") as string);
  expect(location.origin + location.pathname).toBe("https://www.openstreetmap.org/oauth2/authorize");
  expect(location.searchParams.get("redirect_uri")).toBe(`${url}/oauth2/callback`);
  expect(location.searchParams.get("scope")).toBe("read_prefs");
  expect(answer.headers.get("set-cookie")).toContain("HttpOnly; SameSite=Lax");
});

test("what is refused to a browser names a page that the gateway has", async () => {
  const answer = await authorize({ redirect_uri: "https://evil.test/" });
  expect(answer.headers.get("location")).toBeNull();
  const { type, reason } = (await answer.json()) as Record<string, string>;
  expect(reason).toBe("REDIRECT_URI_UNREGISTERED");
  const page = await ask(type as string, { accept: "application/json" });
  expect((await page.json()) as object).toMatchObject({ reason, status: 400 });
});

test("limits go by who asked the gateway, as the proxies before it say", async () => {
  const from = async (address: string) => (await authorize({}, { "x-forwarded-for": address })).status;
  const statuses = [];
  for (let index = 0; index < 7; index++) statuses.push(await from("203.0.113.7"));
  expect(statuses).toEqual([302, 302, 302, 302, 302, 302, 429]);
  expect(await from("203.0.113.8")).toBe(302);
});
