import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestGateway, testGateway } from "../testing/gateway.ts";
import type { SiteLink } from "./site-link.ts";

let gateway: TestGateway;
const HOST = "map.example.org";

beforeAll(async () => {
  const oauth = {
    takes: (path: string) => path.startsWith("/.well-known/oauth") || path.endsWith("/jwks.json"),
    pass: async () => {},
    stop: () => {},
  };
  gateway = await testGateway(() => {}, { oauth });
});

afterAll(() => gateway.stop());

const landing = async () => (await gateway.ask("GET", "/", { headers: { host: HOST } })).json;
const hrefs = (links: SiteLink[], rel: string) =>
  links.filter((it) => it.rel === rel).map(({ href }) => href);

test("the landing page says what this is, and leads to everything by links of this host", async () => {
  const { title, description, links } = await landing();
  expect(title).toBe("Tessera");
  expect(description).toMatch(/\.$/);
  expect(hrefs(links, "service-doc")).toEqual([`http://${HOST}/docs`]);
  expect(hrefs(links, "api-catalog")).toEqual([`http://${HOST}/.well-known/api-catalog`]);
  expect(hrefs(links, "status")).toEqual([`http://${HOST}/health/ready`]);
  expect(hrefs(links, "help")).toEqual([`http://${HOST}/problems`]);
  expect(hrefs(links, "jwks")).toEqual([`http://${HOST}/.well-known/jwks.json`]);
});

test("the collections of the contracts are linked, each once and with what its comment says", async () => {
  const { links } = await landing();
  const collections = links.filter(({ rel }: SiteLink) => rel === "collection") as SiteLink[];
  const paths = collections.map(({ href }) => new URL(href).pathname);
  expect(paths).toEqual(
    expect.arrayContaining(["/v1/projects", "/v1/teams", "/v1/users", "/v1/task-events"]),
  );
  expect(new Set(paths).size).toBe(paths.length);
  for (const { title } of collections) expect(title).toMatch(/^[A-Z].*\.$/);
});

test("every link to a document of the gateway leads to one of its media type", async () => {
  const { links } = (await landing()) as { links: SiteLink[] };
  for (const { rel, href, type } of links.filter((it) => !["collection", "jwks"].includes(it.rel))) {
    if (rel.startsWith("oauth")) continue;
    const { status, headers } = await gateway.ask("GET", new URL(href).pathname);
    expect([href, status, headers["content-type"]?.split(";")[0]]).toEqual([href, 200, type]);
  }
});

test("the landing page has a tag, and HEAD has its links", async () => {
  const { headers, text } = await gateway.ask("HEAD", "/", { headers: { host: HOST } });
  expect(text).toBe("");
  expect(headers.link).toContain(`<http://${HOST}/docs>; rel="service-doc"`);
  expect(headers.link).toContain('rel="api-catalog"');
  const again = await gateway.ask("GET", "/", {
    headers: { host: HOST, "if-none-match": `${headers.etag}` },
  });
  expect([again.status, again.text, again.headers.etag]).toEqual([304, "", headers.etag]);
  expect((await gateway.ask("POST", "/")).status).toBe(405);
  expect((await gateway.ask("GET", "/", { headers: { accept: "text/html,*/*;q=0.8" } })).status).toBe(200);
  expect((await gateway.ask("GET", "/", { headers: { accept: "image/png" } })).status).toBe(406);
});

test("the catalogue is a linkset about the API, found by HEAD too (RFC 9727)", async () => {
  const { headers, text } = await gateway.ask("GET", "/.well-known/api-catalog", { headers: { host: HOST } });
  expect(headers["content-type"]).toMatch(/^application\/linkset\+json; profile="https:.*rfc9727"$/);
  const { linkset } = JSON.parse(text);
  const api = linkset.find((it: { anchor: string }) => it.anchor === `http://${HOST}/`);
  expect(api["service-doc"]).toEqual([
    expect.objectContaining({ href: `http://${HOST}/docs`, type: "text/html" }),
  ]);
  expect(api.status[0].href).toBe(`http://${HOST}/health/ready`);
  const head = await gateway.ask("HEAD", "/.well-known/api-catalog", { headers: { host: HOST } });
  expect([head.status, head.text]).toEqual([200, ""]);
  expect(head.headers.link).toContain(`<http://${HOST}/.well-known/api-catalog>; rel="api-catalog"`);
});

test("the page of the operations is one of strict policy, whose files are kept for ever", async () => {
  const { headers, text } = await gateway.ask("GET", "/docs");
  expect(headers["content-security-policy"]).not.toMatch(/unsafe|http|\*/);
  const files = [...text.matchAll(/(?:src|href)="(\/docs\/[^"]+)"/g)].map((it) => it[1] as string);
  expect(files.length).toBe(4);
  for (const file of files) {
    const answer = await gateway.ask("GET", file);
    expect([answer.status, answer.headers["cache-control"]]).toEqual([
      200,
      "public, max-age=31536000, immutable",
    ]);
  }
  for (const path of ["/docs/swagger-ui-0/swagger-ui.css", "/docs/../package.json", "/docs/x"])
    expect((await gateway.ask("GET", path)).json.reason).toBe("ROUTE_NOT_FOUND");
});
