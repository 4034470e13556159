import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type TestGateway, testGateway } from "../testing/gateway.ts";
import { type OauthEndpoints, oauthEndpoints } from "./oauth-endpoints.ts";

interface Received {
  method: string | undefined;
  url: string | undefined;
  headers: IncomingMessage["headers"];
  body: string;
}

let gateway: TestGateway;
let passed: OauthEndpoints;
let received: Received[] = [];
let reply: (response: ServerResponse) => void;
const behind = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const { method, url, headers } = request;
  received.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
  reply(response);
});

beforeAll(async () => {
  behind.listen(0, "127.0.0.1");
  await once(behind, "listening");
  passed = oauthEndpoints(`http://127.0.0.1:${(behind.address() as AddressInfo).port}`);
  gateway = await testGateway(() => {}, { oauth: passed });
});

beforeEach(() => {
  received = [];
  reply = (response) => response.writeHead(200, { "content-type": "application/json" }).end("{}");
});

afterAll(async () => {
  await gateway.stop();
  passed.stop();
  behind.closeAllConnections();
  behind.close();
});

const FORM = { "content-type": "application/x-www-form-urlencoded" };

test("a form, a query and what an answer says go through as they stand", async () => {
  reply = (response) =>
    response
      .writeHead(302, {
        location: "https://app.test/?code=1&x=%20",
        "set-cookie": ["a=b; HttpOnly", "c=d"],
        "cache-control": "no-store",
      })
      .end();
  const answer = await gateway.ask("POST", "/oauth2/token?a=%2F&b=c", { body: "x=1&y=%20", headers: FORM });
  expect(answer.status).toBe(302);
  expect(answer.headers.location).toBe("https://app.test/?code=1&x=%20");
  expect(answer.headers["set-cookie"]).toEqual(["a=b; HttpOnly", "c=d"]);
  expect(answer.headers["cache-control"]).toBe("no-store");
  expect(answer.headers["request-id"]).toBeTruthy();
  expect(received).toMatchObject([{ method: "POST", url: "/oauth2/token?a=%2F&b=c", body: "x=1&y=%20" }]);
});

test("headers of the list are passed on, each way, and no others", async () => {
  reply = (response) => response.writeHead(200, { server: "x", "x-powered-by": "y", etag: '"1"' }).end("{}");
  const answer = await gateway.ask("GET", "/.well-known/jwks.json", {
    headers: {
      authorization: "Basic abc",
      cookie: "a=b; tessera-sign-in=1; __Host-tessera-session=2; __Host-tessera-sign-in=3",
      accept: "text/html",
      "x-real-ip": "1.2.3.4",
      forwarded: "for=1.2.3.4",
      "x-internal": "yes",
      te: "trailers",
    },
  });
  expect(answer.headers.etag).toBe('"1"');
  expect(answer.headers.server ?? answer.headers["x-powered-by"]).toBeUndefined();
  const { host, connection, ...sent } = received[0]?.headers ?? {};
  expect(sent).toEqual({
    authorization: "Basic abc",
    cookie: "tessera-sign-in=1; __Host-tessera-sign-in=3",
    accept: "text/html",
    "x-forwarded-for": "127.0.0.1",
  });
});

test("the client's address is added to the right of earlier ones", async () => {
  await gateway.ask("GET", "/oauth2/authorize", { headers: { "x-forwarded-for": "203.0.113.7, 10.0.0.1" } });
  await gateway.ask("GET", "/oauth2/authorize", {
    headers: { "x-forwarded-for": `${"1.1.1.1, ".repeat(1_000)}` },
  });
  expect(received[0]?.headers["x-forwarded-for"]).toBe("203.0.113.7, 10.0.0.1, 127.0.0.1");
  expect(received[1]?.headers["x-forwarded-for"]?.length).toBeLessThan(1_100);
  expect(received[1]?.headers["x-forwarded-for"]).toMatch(/, 127\.0\.0\.1$/);
});

test("nothing else is passed on", async () => {
  const paths = [
    "/oauth2",
    "/oauth2/",
    "/oauth2/a/b",
    "/oauth2/..%2fhealth",
    "/oauth2/../health/live",
    "/oauth2x/token",
  ];
  for (const path of [...paths, "/.well-known/openid-configuration", "/.well-known/jwks.json/x"]) {
    expect((await gateway.ask("GET", path)).json.reason).toBe("ROUTE_NOT_FOUND");
  }
  expect((await gateway.ask("DELETE", "/oauth2/token")).json.reason).toBe("METHOD_NOT_ALLOWED");
  expect(received).toEqual([]);
});

test("a large body is refused here, and is not held", async () => {
  const answer = await gateway.ask("POST", "/oauth2/token", { body: "x".repeat(70_000), headers: FORM });
  expect(answer.json.reason).toBe("BODY_TOO_LARGE");
  expect(received).toEqual([]);
});

test("an answer without a body, and one to HEAD, end as they should", async () => {
  reply = (response) => response.writeHead(304, { etag: '"1"' }).end();
  expect(
    (await gateway.ask("GET", "/.well-known/jwks.json", { headers: { "if-none-match": '"1"' } })).status,
  ).toBe(304);
  reply = (response) => response.writeHead(200, { "content-length": "5" }).end();
  expect((await gateway.ask("HEAD", "/.well-known/jwks.json")).headers["content-length"]).toBe("5");
});

test("a server behind that cuts off is 503, and one that is not there, too", async () => {
  reply = (response) => response.socket?.destroy();
  expect((await gateway.ask("GET", "/oauth2/authorize")).status).toBe(503);
  const nobody = oauthEndpoints("http://127.0.0.1:1");
  const other = await testGateway(() => {}, { oauth: nobody });
  expect((await other.ask("GET", "/oauth2/authorize")).json).toMatchObject({ status: 503, retryable: true });
  await other.stop();
  nobody.stop();
});

test("without a server behind there is no such route", async () => {
  const other = await testGateway(() => {});
  expect((await other.ask("GET", "/oauth2/authorize")).json.reason).toBe("ROUTE_NOT_FOUND");
  await other.stop();
});

test("the log line has the path, and nothing of the query", async () => {
  gateway.lines.length = 0;
  await gateway.ask("GET", "/oauth2/callback?code=canary&state=canary");
  await expect.poll(() => gateway.lines).toHaveLength(1);
  expect(JSON.stringify(gateway.lines)).not.toContain("canary");
  expect(gateway.lines[0]).toMatchObject({ route: "/oauth2/callback", status: 200 });
});
