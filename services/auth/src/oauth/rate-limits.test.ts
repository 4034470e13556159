import { randomUUID } from "node:crypto";
import { proxyList } from "@tessera/rpc/admission/client-address.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { refusalOf, type TestSystem, testSystem } from "../testing/system.ts";
import { testBrowser } from "./testing/browser.ts";
import { BACKEND, type SignInSystem, signInSystem } from "./testing/sign-in.ts";

let it: SignInSystem;
let proxied: SignInSystem;
let dev: TestSystem;

beforeAll(async () => {
  it = await signInSystem({ RATE_LIMIT_PERCENT: 1 });
  proxied = await signInSystem({
    RATE_LIMIT_PERCENT: 1,
    TRUSTED_PROXIES: proxyList("127.0.0.0/8") as never,
  });
  dev = await testSystem({ RATE_LIMIT_PERCENT: 1 });
});

afterAll(async () => {
  await Promise.all([it.stop(), proxied.stop(), dev.stop()]);
});

test("sign-in is limited by address: a problem with its reason and when to come again", async () => {
  const visits = [];
  for (let index = 0; index < 7; index++) {
    const headers = { accept: "application/json", "x-forwarded-for": `203.0.113.${index}` };
    visits.push(await testBrowser().get(it.authorizeUrl(), headers));
  }
  expect(visits.map(({ status }) => status)).toEqual([302, 302, 302, 302, 302, 302, 429]);
  const last = visits.at(-1);
  expect(JSON.parse(last?.text ?? "")).toMatchObject({ reason: "RATE_LIMITED", retryable: true });
  expect(Number(last?.headers.get("retry-after"))).toBeGreaterThan(0);
});

test("behind a proxy that is trusted, it is limited by the address that the proxy saw", async () => {
  const statusFrom = async (address: string) =>
    (await testBrowser().get(proxied.authorizeUrl(), { "x-forwarded-for": address })).status;
  for (let index = 0; index < 6; index++)
    expect(await statusFrom(`198.51.100.${index}, 203.0.113.7`)).toBe(302);
  expect(await statusFrom("203.0.113.7")).toBe(429);
  expect(await statusFrom("203.0.113.8")).toBe(302);
});

test("wrong secrets of a client are held up, in the words of the endpoint", async () => {
  const form = { grant_type: "refresh_token", refresh_token: "x", client_id: BACKEND.clientId };
  const guess = () => it.post("/oauth2/token", { ...form, client_secret: "a guess" });
  const statuses = [];
  for (let index = 0; index < 4; index++) statuses.push((await guess()).status);
  expect(statuses).toEqual([401, 401, 429, 429]);
  const refused = await guess();
  expect(refused.json).toMatchObject({ error: "temporarily_unavailable", reason: "RATE_LIMITED" });
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
});

test("reading the keys is limited far above what verifiers ask", async () => {
  const statuses = new Set<number>();
  for (let index = 0; index < 61; index++) {
    statuses.add((await fetch(`${it.url}/.well-known/jwks.json`)).status);
    if (statuses.has(429)) expect(index).toBeGreaterThanOrEqual(60);
  }
  expect([...statuses]).toEqual([200, 429]);
});

test("RPCs that hand out tokens are limited, typed, with the time to wait", async () => {
  const ask = (name: string) => dev.client.createSession({ requestId: randomUUID(), name });
  for (let index = 0; index < 6; index++) await ask("mapper-1");
  expect(await refusalOf(ask("mapper-1"))).toMatchObject({
    reason: "RATE_LIMITED",
    metadata: { limit: "hand_out by account" },
  });
  const { refreshToken } = await ask("mapper-2");
  for (let index = 0; index < 6; index++)
    await dev.client.refreshSession({ requestId: randomUUID(), refreshToken });
  const again = dev.client.refreshSession({ requestId: randomUUID(), refreshToken });
  expect(await refusalOf(again)).toMatchObject({ reason: "RATE_LIMITED" });
});
