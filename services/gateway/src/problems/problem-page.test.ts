import { SERVICES } from "@tessera/contracts/catalogue.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pages } from "../pages/pages.ts";
import { type TestGateway, testGateway } from "../testing/gateway.ts";
import { type Served, served } from "../testing/served.ts";

const BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
const PROJECT = "/v1/projects/7";

let behind: Served;
let shown: ReturnType<typeof pages>;
let gateway: TestGateway;
let without: TestGateway;

beforeAll(async () => {
  behind = await served((_, response) => response.writeHead(406).end());
  shown = pages(SERVICES, behind.address);
  gateway = await testGateway(() => {}, { pages: shown });
  without = await testGateway(() => {});
});

afterAll(async () => {
  await gateway.stop();
  await without.stop();
  shown.stop();
  behind.stop();
});

test.each([
  ["GET", "/v1/nothing", {}, "en", 404, "There is nothing here"],
  ["GET", "/nothing", { "accept-language": "fr-CA, en;q=0.5" }, "fr", 404, "Il n’y a rien ici"],
  ["GET", "/nothing", { cookie: "__Host-tessera-language=fr" }, "fr", 404, "Il n’y a rien ici"],
  ["GET", "/v1/key-tokens", {}, "en", 405, "This cannot be done at this address"],
  ["GET", `${PROJECT}?f=gpx&x=<b>`, { "sec-fetch-mode": "navigate" }, "en", 422, "This was refused"],
  ["GET", `/v1/<b>"'`, { "hx-request-type": "partial" }, "en", 404, "There is nothing here"],
] as const)(
  "what fails for a reader is a page: %s %s %j",
  async (method, path, sent, language, status, title) => {
    const { text, headers, ...answer } = await gateway.ask(method, path, {
      headers: { accept: BROWSER, ...sent },
    });
    expect([answer.status, headers["content-type"]]).toEqual([status, "text/html; charset=utf-8"]);
    expect([headers["content-language"], headers["cache-control"]]).toEqual([language, "no-store"]);
    expect(text).toContain(`<h1>${title}</h1>`);
    expect([text.includes("<b>"), headers["set-cookie"]]).toEqual([false, undefined]);
    expect(headers["hx-retarget"]).toBe("hx-request-type" in sent ? "body" : undefined);
    // A program gets a document, and so does everybody where there are no pages.
    const document = await gateway.ask(method, path, { headers: { accept: "*/*" } });
    expect(document.json.type).toMatch(/^\/problems\//);
    const alone = await without.ask(method, path, { headers: { accept: BROWSER, ...sent } });
    expect(alone.headers["content-type"]).toBe("application/problem+json");
  },
);
