import { afterAll, beforeAll, expect, test } from "vitest";
import { type KeysServer, serveKeys } from "./keys-server.ts";

const KEY_SET = { keys: [{ kty: "OKP", crv: "Ed25519", kid: "one", x: "AA" }] };
let server: KeysServer;
let origin: string;

beforeAll(async () => {
  server = await serveKeys({ keySet: () => KEY_SET, host: "127.0.0.1", port: 0 });
  origin = new URL(server.url).origin;
});

afterAll(() => server.stop());

test("the keys are published, and may be kept for a minute", async () => {
  const response = await fetch(server.url);
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("application/jwk-set+json");
  expect(response.headers.get("cache-control")).toBe("public, max-age=60");
  expect(await response.json()).toEqual(KEY_SET);
});

test("who has them already is told so", async () => {
  const etag = (await fetch(server.url)).headers.get("etag") as string;
  for (const known of [etag, `"other", W/${etag}`, "*"]) {
    const response = await fetch(server.url, { headers: { "if-none-match": known } });
    expect(response.status).toBe(304);
    expect(response.headers.get("etag")).toBe(etag);
  }
  expect((await fetch(server.url, { headers: { "if-none-match": '"other"' } })).status).toBe(200);
});

test("HEAD answers as GET does, without the body", async () => {
  const response = await fetch(server.url, { method: "HEAD" });
  expect(response.status).toBe(200);
  expect(response.headers.get("content-length")).toBe(String(JSON.stringify(KEY_SET).length));
  expect(await response.text()).toBe("");
});

test("nothing else is done here", async () => {
  for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
    const response = await fetch(server.url, {
      method,
      ...(method === "POST" && { body: "x".repeat(100_000) }),
    });
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe("GET, HEAD");
  }
});

test("nothing else is here", async () => {
  for (const path of [
    "/",
    "/.well-known/",
    "/.well-known/jwks.json/",
    "//x",
    "/.well-known/openid-configuration",
  ]) {
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
  expect((await fetch(server.url, { headers: { "x-long": "a".repeat(20_000) } })).status).toBe(431);
});
