import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestSystem, testSystem } from "../testing/system.ts";

let system: TestSystem;
let keysUrl: string;
let origin: string;

beforeAll(async () => {
  system = await testSystem();
  ({ keysUrl, httpUrl: origin } = system.auth);
});

afterAll(() => system.stop());

test("the keys are published, and may be kept for a minute", async () => {
  const response = await fetch(keysUrl);
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("application/jwk-set+json");
  expect(response.headers.get("cache-control")).toBe("public, max-age=60");
  const { keys } = (await response.json()) as { keys: Record<string, string>[] };
  expect(keys.length).toBeGreaterThan(0);
  for (const key of keys) expect(Object.keys(key).sort()).toEqual(["alg", "crv", "kid", "kty", "use", "x"]);
});

test("a client that has them already gets 304", async () => {
  const etag = (await fetch(keysUrl)).headers.get("etag") as string;
  for (const known of [etag, `"other", W/${etag}`, "*"]) {
    const response = await fetch(keysUrl, { headers: { "if-none-match": known } });
    expect(response.status).toBe(304);
    expect(response.headers.get("etag")).toBe(etag);
  }
  expect((await fetch(keysUrl, { headers: { "if-none-match": '"other"' } })).status).toBe(200);
});

test("HEAD answers as GET does, without the body", async () => {
  const { length } = await (await fetch(keysUrl)).text();
  const response = await fetch(keysUrl, { method: "HEAD" });
  expect(response.status).toBe(200);
  expect(response.headers.get("content-length")).toBe(String(length));
  expect(await response.text()).toBe("");
});

test("the keys are only read", async () => {
  for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
    const body = method === "POST" && { body: "x".repeat(100_000) };
    const response = await fetch(keysUrl, { method, ...body });
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe("GET, HEAD");
  }
});

test("nothing else is here", async () => {
  const paths = ["/", "/.well-known/", "/.well-known/jwks.json/", "//x", "/.well-known/openid-configuration"];
  for (const path of [...paths, "/oauth2", "/oauth2/token/", "/OAUTH2/token"]) {
    const response = await fetch(origin + path);
    expect(response.status).toBe(404);
    expect(response.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(await response.text()).toBe("There is nothing here.\n");
  }
});

test("it says that it lives", async () => {
  const response = await fetch(`${origin}/health/live`);
  expect(response.status).toBe(200);
  expect(response.headers.get("cache-control")).toBe("no-store");
});

test("a request with too long a header is refused", async () => {
  expect((await fetch(keysUrl, { headers: { "x-long": "a".repeat(40_000) } })).status).toBe(431);
});
