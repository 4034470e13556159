import type { IncomingMessage, ServerResponse } from "node:http";
import { SERVICES } from "@tessera/contracts/catalogue.ts";
import { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type TestGateway, testGateway } from "../testing/gateway.ts";
import { type Served, served } from "../testing/served.ts";
import { type Pages, pages } from "./pages.ts";

const BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
const PROJECT = "/v1/projects/7";
const FORM = "application/x-www-form-urlencoded";
const PAGE = "<!doctype html><title>Page</title>";

interface Received {
  method: string | undefined;
  url: string | undefined;
  headers: IncomingMessage["headers"];
  body: string;
}

let received: Received[] = [];
let reply: (response: ServerResponse) => void;
let behind: Served;
let shown: Pages;
let gateway: TestGateway;
let without: TestGateway;

const routes: Parameters<typeof testGateway>[0] = (router) =>
  router.service(ProjectService, {
    getProject: () => ({ project: { projectId: 7, revision: 3n } }),
    listProjects: () => ({ projects: [{ projectId: 7 }] }),
    createProject: () => ({ acknowledgement: { name: "projects/7", revision: 1n } }),
  });

beforeAll(async () => {
  behind = await served(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const { method, url, headers } = request;
    received.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
    reply(response);
  });
  shown = pages(SERVICES, behind.address);
  gateway = await testGateway(routes, { pages: shown, corsOrigins: "*" });
  without = await testGateway(routes, { corsOrigins: "*" });
});

beforeEach(() => {
  received = [];
  reply = (response) => response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(PAGE);
});

afterAll(async () => {
  await gateway.stop();
  await without.stop();
  shown.stop();
  behind.stop();
});

const names = (list: string | string[] | undefined) =>
  `${list ?? ""}`
    .split(",")
    .map((it) => it.trim())
    .filter(Boolean);

/** What answers with a console, and without one. */
test.each([
  ["GET", PROJECT, BROWSER, "text/html", "application/json"],
  ["HEAD", PROJECT, BROWSER, "text/html", "application/json"],
  ["GET", PROJECT, "text/html", "text/html", 406],
  ["GET", `${PROJECT}?f=html`, "*/*", "text/html", 406],
  ["GET", `${PROJECT}?f=html`, "application/json", "text/html", 406],
  ["GET", `${PROJECT}?f=json`, BROWSER, "application/json", "application/json"],
  ["GET", PROJECT, "*/*", "application/json", "application/json"],
  ["GET", PROJECT, "application/json, text/html;q=0.9", "application/json", "application/json"],
  ["GET", PROJECT, "image/png", 406, 406],
  ["GET", "/v1/projects?page_size=1", "text/csv, text/html;q=0.9", "text/csv", "text/csv"],
  ["GET", "/v1/projects?page_size=1", BROWSER, "text/html", "application/json"],
  ["GET", "/v1/nothing-like-it", BROWSER, "text/html", 404],
  ["GET", "/v1/nothing-like-it", "*/*", 404, 404],
  ["GET", "/", BROWSER, "text/html", "application/json"],
  ["GET", "/", "text/html", "text/html", 406],
  ["GET", "/?f=html", "*/*", "text/html", "application/json"],
  ["GET", "/?f=json", "text/html", "application/json", "application/json"],
  ["GET", "/", "*/*", "application/json", "application/json"],
  ["GET", "/console/assets/a.css", "text/css,*/*;q=0.1", "text/html", 404],
  ["HEAD", "/console/session", "*/*", "text/html", 404],
  ["POST", "/console/session", "*/*", "text/html", 404],
  ["DELETE", "/console/session", "*/*", 405, 404],
  ["GET", "/console", BROWSER, 404, 404],
  ["GET", "/problems", BROWSER, "text/html", "text/html"],
  ["GET", "/problems/overloaded", "*/*", "application/json", "application/json"],
  ["GET", "/problems/overloaded?f=html", "*/*", "text/html", "text/html"],
  ["GET", "/problems/overloaded?f=json", BROWSER, "application/json", "application/json"],
  ["GET", "/docs", "text/html", "text/html", "text/html"],
  ["GET", "/openapi.json", BROWSER, "application/json", "application/json"],
  ["PUT", PROJECT, "text/html", 405, 405],
])("%s %s for %j is %j with a console, and %j without", async (method, path, accept, ...expected) => {
  for (const [at, it] of [gateway, without].entries()) {
    const { status, headers } = await it.ask(method, path, { headers: { accept } });
    const type = headers["content-type"]?.split(";")[0];
    expect([at, typeof expected[at] === "number" ? status : type]).toEqual([at, expected[at]]);
    expect(status >= 400).toBe(typeof expected[at] === "number");
  }
});

test.each([
  [FORM, BROWSER, PROJECT, true],
  [`${FORM}; charset=UTF-8`, "text/html", "/v1/nothing-like-it", true],
  ["multipart/form-data; boundary=x", BROWSER, PROJECT, true],
  ["multipart/form-data; boundary=x", "*/*", PROJECT, false],
  ["multipart/form-data; boundary=x", "application/json, text/html;q=0.9", PROJECT, false],
  [FORM, "*/*", PROJECT, false],
  ["application/json", BROWSER, "/v1/projects", false],
  ["text/plain", BROWSER, PROJECT, false],
])("a POST of %j for %j is a form of a page: %j", async (type, accept, path, expected) => {
  const answer = await gateway.ask("POST", path, {
    headers: { accept, "content-type": type },
    body: "a=%20&b=2",
  });
  expect(received.length).toBe(expected ? 1 : 0);
  if (expected) expect(received[0]).toMatchObject({ method: "POST", url: path, body: "a=%20&b=2" });
  expect(answer.status === 200).toBe(expected);
});

test("answers that have a page beside them vary by Accept, and say so once", async () => {
  const tag = (await gateway.ask("GET", PROJECT)).headers.etag as string;
  for (const [path, headers, status] of [
    [PROJECT, {}, 200],
    [PROJECT, { "if-none-match": tag }, 304],
    [PROJECT, { accept: "image/png" }, 406],
    [PROJECT, { accept: BROWSER }, 200],
    ["/v1/nothing-like-it", {}, 404],
    ["/v1/projects?x=1", {}, 422],
    ["/v1/projects?page_size=1", { accept: "text/csv" }, 200],
    ["/", {}, 200],
    ["/", { accept: BROWSER }, 200],
  ] as const) {
    const answer = await gateway.ask("GET", path, { headers });
    expect([path, answer.status]).toEqual([path, status]);
    const vary = names(answer.headers.vary).map((it) => it.toLowerCase());
    expect(vary.filter((it) => it === "accept")).toEqual(["accept"]);
    expect(new Set(vary).size).toBe(vary.length);
  }
  reply = (response) => response.writeHead(304, { vary: "Cookie, HX-Request", etag: '"1"' }).end();
  const { status, headers } = await gateway.ask("GET", PROJECT, {
    headers: { accept: BROWSER, "if-none-match": '"1"' },
  });
  expect([status, headers.etag]).toEqual([304, '"1"']);
  expect(names(headers.vary)).toEqual(["Accept", "Cookie", "HX-Request"]);
});

test("what the console has no page of is answered as if nobody had asked for one", async () => {
  reply = (response) => response.writeHead(406, { "set-cookie": "__Host-tessera-session=1" }).end("No page");
  const tag = (await gateway.ask("GET", PROJECT)).headers.etag as string;
  for (const [path, accept] of [
    [PROJECT, "text/html"],
    [PROJECT, BROWSER],
    [`${PROJECT}?f=html`, "image/png, text/html"],
  ] as const) {
    const answer = await gateway.ask("GET", path, { headers: { accept } });
    if (accept.startsWith("image")) expect(answer.status).toBe(406);
    else expect([answer.status, answer.json.project_id]).toEqual([200, 7]);
    // The console may have renewed a session, and said so by its cookie.
    expect(answer.headers["set-cookie"]).toEqual(["__Host-tessera-session=1"]);
    expect(answer.headers["cache-control"]).toBe("private, no-store");
  }
  const csv = await gateway.ask("GET", "/v1/projects?page_size=1&f=html", {
    headers: { accept: "text/csv;q=0.5" },
  });
  expect(csv.headers["content-type"]).toMatch(/^text\/csv/);
  const head = await gateway.ask("HEAD", PROJECT, { headers: { accept: BROWSER, "if-none-match": tag } });
  expect([head.status, names(head.headers.vary)]).toEqual([304, expect.arrayContaining(["Accept"])]);
  expect((await gateway.ask("GET", "/", { headers: { accept: "text/html" } })).json.title).toBe("Tessera");
  expect((await gateway.ask("GET", "/v1/x", { headers: { accept: "text/html" } })).status).toBe(404);
  // What a form did is the console's to say, and so is what belongs to it alone.
  const form = { headers: { accept: BROWSER, "content-type": FORM }, body: "a=1" };
  expect((await gateway.ask("POST", PROJECT, form)).text).toBe("No page");
  expect((await gateway.ask("GET", "/console/x", { headers: { accept: BROWSER } })).text).toBe("No page");
});

test("problems are explained by the console, or else by the gateway, also while the console is away", async () => {
  const explained = () => gateway.ask("GET", "/problems/overloaded", { headers: { accept: BROWSER } });
  expect((await explained()).text).toBe(PAGE);
  for (const none of [
    (response: ServerResponse) => response.writeHead(406).end(),
    (response: ServerResponse) => response.socket?.destroy(),
  ]) {
    reply = none;
    const { status, headers, text } = await explained();
    expect([status, headers["content-type"]]).toEqual([200, "text/html; charset=utf-8"]);
    expect(text).toContain("What to do");
    expect([headers["retry-after"], names(headers.vary)]).toEqual([
      undefined,
      expect.arrayContaining(["Accept"]),
    ]);
  }
  const unknown = await gateway.ask("GET", "/problems/nothing", { headers: { accept: BROWSER } });
  expect(unknown.status).toBe(404);
});

test("headers of the lists go through, each way, and no others", async () => {
  const said = {
    "content-security-policy": "default-src 'self'",
    "cross-origin-opener-policy": "same-origin",
    "hx-trigger": "x",
    "hx-push-url": "/v1/projects/8",
    link: '</console/assets/a.css>; rel="preload"',
    location: "/v1/projects/8",
    "x-frame-options": "DENY",
  };
  reply = (response) =>
    response
      .writeHead(303, {
        ...said,
        "set-cookie": ["__Host-tessera-session=1; HttpOnly", "tessera-b=2"],
        server: "x",
        "x-powered-by": "y",
        "keep-alive": "timeout=77",
        "access-control-allow-origin": "*",
      })
      .end();
  const sent = {
    accept: BROWSER,
    "accept-language": "fr",
    "content-type": FORM,
    "hx-request": "true",
    "hx-current-url": "http://a.test/",
    origin: "http://a.test",
    "sec-fetch-site": "same-origin",
    traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
  };
  const { status, headers } = await gateway.ask("POST", `${PROJECT}?a=%2F`, {
    headers: {
      ...sent,
      authorization: "Bearer x",
      cookie:
        "a=b; __Host-tessera-session=1; tessera-sign-in=2; tessera-c=3; __Host-tessera-sign-in=4; xtessera=5",
      forwarded: "for=1.2.3.4",
      host: "map.example.org",
      te: "trailers",
      "x-forwarded-for": "1.2.3.4",
      "x-internal": "yes",
      "x-request-id": "mine",
    },
    body: "a=1",
  });
  expect(status).toBe(303);
  expect(headers).toMatchObject(said);
  expect(headers["set-cookie"]).toEqual(["__Host-tessera-session=1; HttpOnly", "tessera-b=2"]);
  expect(headers.server ?? headers["x-powered-by"] ?? headers["access-control-allow-origin"]).toBeUndefined();
  expect(headers["keep-alive"] ?? "").not.toContain("77");
  const { host, connection, ...through } = received[0]?.headers ?? {};
  expect(through).toEqual({
    ...sent,
    "content-length": "3",
    cookie: "__Host-tessera-session=1; tessera-c=3",
    "x-forwarded-for": "127.0.0.1",
    "x-forwarded-host": "map.example.org",
    "x-forwarded-proto": "http",
    "x-request-id": headers["request-id"],
  });
});

test("pages are never for scripts of other origins; documents and preflights are as they were", async () => {
  const origin = "https://other.example.org";
  const allowed = async (path: string, accept: string, method = "GET") => {
    const headers = { accept, origin, "access-control-request-method": "GET" };
    return (await gateway.ask(method, path, { headers })).headers;
  };
  for (const [path, accept] of [
    [PROJECT, BROWSER],
    ["/", "text/html"],
    ["/console/x", "*/*"],
  ] as const) {
    const { "content-type": type, ...headers } = await allowed(path, accept);
    expect([path, type?.slice(0, 9)]).toEqual([path, "text/html"]);
    expect(Object.keys(headers).filter((it) => it.startsWith("access-control-"))).toEqual([]);
  }
  expect((await allowed(PROJECT, "*/*"))["access-control-allow-origin"]).toBe("*");
  expect((await allowed(PROJECT, BROWSER, "OPTIONS"))["access-control-allow-origin"]).toBe("*");
});

test("the landing document leads to its page, and the log says which kind of path was asked for", async () => {
  const { headers, json } = await gateway.ask("GET", "/", { headers: { host: "map.example.org" } });
  expect(headers.link).toContain('<http://map.example.org/?f=html>; rel="alternate"; type="text/html"');
  expect(json.links).toContainEqual(
    expect.objectContaining({ rel: "alternate", href: "http://map.example.org/?f=html" }),
  );
  expect((await without.ask("GET", "/")).text).not.toContain("f=html");
  gateway.lines.length = 0;
  await gateway.ask("GET", "/console/sign-in?code=canary", { headers: { accept: BROWSER } });
  await gateway.ask("GET", PROJECT, { headers: { accept: BROWSER } });
  await expect.poll(() => gateway.lines).toHaveLength(2);
  expect(gateway.lines).toMatchObject([{ route: "/console/*", status: 200 }, { route: "/v1/*" }]);
  expect(JSON.stringify(gateway.lines)).not.toContain("canary");
});
