import { MappingLevel, SystemRole } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import { freePort } from "@tessera/embedded-postgres/free-port.ts";
import { decodeJwt } from "jose";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { startAuth } from "../start.ts";
import { silent } from "../testing/system.ts";
import { proofKey, testBrowser } from "./testing/browser.ts";
import { CLIENT_ID, codeForm, REDIRECT_URI, type SignInSystem, signInSystem } from "./testing/sign-in.ts";

let it: SignInSystem;

beforeAll(async () => {
  it = await signInSystem();
});

beforeEach(() => {
  it.osm.trouble = {};
  it.osm.user = { id: 4711, display_name: "Ada" };
});

afterAll(() => it.stop());

async function signedIn() {
  const made = await it.signIn();
  const answer = await it.post("/oauth2/token", codeForm(made));
  expect(answer.status).toBe(200);
  return answer.json as { access_token: string; refresh_token: string; scope: string; expires_in: number };
}

async function userOf(accessToken: string) {
  const { user } = await it.system.client.getCurrentUser(
    {},
    { headers: { authorization: `Bearer ${accessToken}` } },
  );
  return user;
}

test("a person signs in with OpenStreetMap and may act", async () => {
  const { back, verifier } = await it.signIn();
  expect(back.status).toBe(302);
  const { location } = back;
  expect(location?.origin + (location?.pathname ?? "")).toBe(REDIRECT_URI);
  expect(location?.searchParams.get("state")).toBe("of the client");
  expect(location?.searchParams.get("iss")).toBe(it.url);
  const answer = await it.post("/oauth2/token", codeForm({ back, verifier }));
  expect(answer.status).toBe(200);
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(answer.json).toMatchObject({ token_type: "Bearer" });
  expect(answer.json.expires_in).toBeGreaterThan(590);
  expect(await userOf(answer.json.access_token)).toMatchObject({
    name: "Ada",
    systemRole: SystemRole.MAPPER,
    mappingLevel: MappingLevel.BEGINNER,
  });
  const events = await it.system.database
    .sql`select kind, actor, client_id, details from events where kind = 110`;
  expect(events.at(-1)).toMatchObject({ client_id: CLIENT_ID, details: { provider: "openstreetmap" } });
});

test("the same person stays the same user under a new name, and another with the old name is another", async () => {
  it.osm.user = { id: 5000, display_name: "first name" };
  const first = await userOf((await signedIn()).access_token);
  it.osm.user = { id: 5000, display_name: "second name" };
  const second = await userOf((await signedIn()).access_token);
  expect(second?.userId).toBe(first?.userId);
  expect(second?.name).toBe("second name");
  expect(second?.revision).toBe((first?.revision ?? 0n) + 1n);
  it.osm.user = { id: 5001, display_name: "first name" };
  expect((await userOf((await signedIn()).access_token))?.userId).not.toBe(first?.userId);
});

test("twenty who come for the first time at once are one user", async () => {
  it.osm.user = { id: 6000, display_name: "many tabs" };
  const all = await Promise.all(Array.from({ length: 20 }, signedIn));
  const ids = await Promise.all(all.map(async (one) => (await userOf(one.access_token))?.userId));
  expect(new Set(ids).size).toBe(1);
});

test("a session from a sign-in continues by its refresh token, for its own client", async () => {
  const { refresh_token } = await signedIn();
  const other = { grant_type: "refresh_token", refresh_token, client_id: "nobody" };
  expect((await it.post("/oauth2/token", other)).json.error).toBe("invalid_client");
  const form = { grant_type: "refresh_token", refresh_token, client_id: CLIENT_ID };
  const next = await it.post("/oauth2/token", form);
  expect(next.status).toBe(200);
  expect(next.json.refresh_token).not.toBe(refresh_token);
  expect((await userOf(next.json.access_token))?.userId).toBeGreaterThan(0n);
});

test("a client gets the scopes that it asks for, and no more", async () => {
  const made = await it.signIn(testBrowser(), { scope: "tasks:read account" });
  const answer = await it.post("/oauth2/token", codeForm(made));
  expect(answer.json.scope).toBe("account tasks:read");
});

test.each([{}, { scope: "" }])(
  "a client that asks for no scope (%j) gets a token that reads and says who it is",
  async (asked) => {
    const { json } = await it.post("/oauth2/token", codeForm(await it.signIn(testBrowser(), asked)));
    expect(json.scope).toBe("account projects:read tasks:read");
    const form = { grant_type: "refresh_token", refresh_token: json.refresh_token, client_id: CLIENT_ID };
    const next = await it.post("/oauth2/token", { ...form, scope: "tasks:write" });
    expect([next.status, next.json.error]).toEqual([400, "invalid_scope"]);
  },
);

test("a refresh narrows the access token to its scope, and the session keeps all of its own", async () => {
  const made = await it.signIn(testBrowser(), { scope: "account projects:read tasks:write" });
  const { json } = await it.post("/oauth2/token", codeForm(made));
  const refresh = async (refresh_token: string, more: Record<string, string>) => {
    const form = { grant_type: "refresh_token", refresh_token, client_id: CLIENT_ID, ...more };
    return (await it.post("/oauth2/token", form)).json;
  };
  const wider = await refresh(json.refresh_token, { scope: "account tasks:read" });
  expect(wider.error).toBe("invalid_scope");
  // What was refused did not use the token up.
  const narrow = await refresh(json.refresh_token, { scope: "projects:read" });
  expect(narrow.scope).toBe("projects:read");
  expect(decodeJwt(narrow.access_token).scope).toBe("projects:read");
  await expect(userOf(narrow.access_token)).rejects.toThrow();
  // The one before again, within its window: the same successor, for what is asked for this time.
  const again = await refresh(json.refresh_token, { scope: "account" });
  expect([again.refresh_token, again.scope]).toEqual([narrow.refresh_token, "account"]);
  expect((await userOf(again.access_token))?.userId).toBeGreaterThan(0n);
  const whole = await refresh(narrow.refresh_token, {});
  expect(whole.scope).toBe("account projects:read tasks:write");
});

test("two sign-ins in one browser, in tabs, both come back", async () => {
  const browser = testBrowser();
  const [first, second] = [await browser.get(it.authorizeUrl()), await browser.get(it.authorizeUrl())];
  for (const left of [first, second]) {
    const came = await browser.get(left.location?.href as string);
    const back = await browser.get(came.location?.href as string);
    expect(back.location?.searchParams.get("code")).toBeTruthy();
  }
});

test("it does not matter which replica is asked at which step", async () => {
  const port = await freePort();
  const { KEYS_PORT: _, ...config } = it.system.config;
  const other = await startAuth({ ...config, KEYS_PORT: port, PUBLIC_URL: it.url }, silent);
  const browser = testBrowser();
  const { verifier, challenge } = proofKey();
  const left = await browser.get(
    it.authorizeUrl({ code_challenge: challenge }).replace(it.url, other.httpUrl),
  );
  const came = await browser.get(left.location?.href as string);
  const back = await browser.get(came.location?.href as string);
  const body = new URLSearchParams(codeForm({ back, verifier }));
  const answer = await fetch(`${other.httpUrl}/oauth2/token`, { method: "POST", body });
  expect(answer.status).toBe(200);
  const { access_token } = (await answer.json()) as { access_token: string };
  expect((await userOf(access_token))?.userId).toBeGreaterThan(0n);
  await other.stop();
});

test("a replica that stops finishes what it has begun", async () => {
  const { KEYS_PORT: _, ...config } = it.system.config;
  const other = await startAuth({ ...config, KEYS_PORT: await freePort(), PUBLIC_URL: it.url }, silent);
  const { back, verifier } = await it.signIn();
  const body = new URLSearchParams(codeForm({ back, verifier }));
  const { sql } = it.system.database;
  const asked = await sql.begin(async (tx) => {
    await tx`lock table authorization_codes in access exclusive mode`;
    const answer = fetch(`${other.httpUrl}/oauth2/token`, { method: "POST", body });
    const waiting = () => sql`
      select from pg_locks where not granted and relation = 'authorization_codes'::regclass`;
    await expect.poll(() => waiting().execute()).toHaveLength(1);
    const stopping = other.stop();
    // It takes nothing new by now.
    const anew = () => fetch(other.httpUrl, { headers: { connection: "close" } });
    await expect
      .poll(() =>
        anew().then(
          () => "taken",
          () => "refused",
        ),
      )
      .toBe("refused");
    return { answer, stopping };
  });
  expect((await asked.answer).status).toBe(200);
  await asked.stopping;
});

test("the cookie is out of the reach of scripts, and of other hosts where the URL is https", async () => {
  const plain = (await testBrowser().get(it.authorizeUrl())).headers.get("set-cookie");
  expect(plain).toMatch(/^tessera-sign-in=[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/);
  const secure = await signInSystem({ TOKEN_ISSUER: "https://auth.test" });
  const set = (await testBrowser().get(secure.authorizeUrl())).headers.get("set-cookie");
  expect(set).toMatch(
    /^__Host-tessera-sign-in=[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax; Secure$/,
  );
  await secure.stop();
});

test("a blocked person is sent back without a code, and an event records it", async () => {
  it.osm.user = { id: 7000, display_name: "blocked" };
  const { userId } = (await userOf((await signedIn()).access_token)) as { userId: bigint };
  const { sql } = it.system.database;
  await sql`update users set blocked = true where user_id = ${userId}`;
  const { back } = await it.signIn();
  expect(back.location?.searchParams.get("error")).toBe("access_denied");
  expect(back.location?.searchParams.has("code")).toBe(false);
  const [event] = await sql`select details from events where kind = 111 and user_id = ${userId}`;
  expect(event?.details).toEqual({ provider: "openstreetmap", reason: "USER_BLOCKED" });
});

test("a person who is blocked between the code and its use gets no session", async () => {
  it.osm.user = { id: 7001, display_name: "blocked later" };
  const { userId } = (await userOf((await signedIn()).access_token)) as { userId: bigint };
  const made = await it.signIn();
  await it.system.database.sql`update users set blocked = true where user_id = ${userId}`;
  const answer = await it.post("/oauth2/token", codeForm(made));
  expect([answer.status, answer.json.error]).toEqual([400, "invalid_grant"]);
});

test("neither the state, nor the cookie, nor the code is stored as it is", async () => {
  const browser = testBrowser();
  const left = await browser.get(it.authorizeUrl());
  const { sql } = it.system.database;
  const state = left.location?.searchParams.get("state") as string;
  const rows = JSON.stringify(await sql`select s::text, encode(state_hash, 'escape') from sign_ins s`);
  expect(rows).toContain("of the client");
  for (const secret of [state, ...browser.cookies.values()]) expect(rows).not.toContain(secret);
});
