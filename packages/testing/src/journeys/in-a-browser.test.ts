import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { freePort } from "@tessera/embedded-postgres/free-port.ts";
import { type TestOsm, testOsm } from "@tessera/testing/ground/test-osm.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startBrowser, type TestBrowser } from "../browser.ts";
import { createProject, cut } from "../ground/world.ts";
import { type TestSystem, testSystem } from "../system.ts";

const RECIPE = new URL("../../../../docs/recipes/web-page.md", import.meta.url);

let system: TestSystem;
let osm: TestOsm;
let browser: TestBrowser;
let pages: Server;
let projectId: number;
/** Of the page, on an origin of its own. */
let url: string;

beforeAll(async () => {
  pages = createServer((_, response) => {
    response.writeHead(200, { "content-type": "text/html" }).end(pageOfRecipe());
  });
  pages.listen(0, "127.0.0.1");
  await once(pages, "listening");
  const origin = `http://127.0.0.1:${(pages.address() as AddressInfo).port}`;
  url = `${origin}/tasks.html`;
  const port = await freePort();
  osm = await testOsm();
  system = await testSystem({
    HTTP_PORT: String(port),
    TOKEN_ISSUER: `http://127.0.0.1:${port}`,
    CORS_ORIGINS: origin,
    OAUTH_CLIENTS: JSON.stringify([{ client_id: "web", redirect_uris: [url] }]),
    UPSTREAM_CLIENT_ID: osm.clientId,
    UPSTREAM_CLIENT_SECRET: osm.clientSecret,
    UPSTREAM_AUTHORIZATION_URL: `${osm.url}/oauth2/authorize`,
    UPSTREAM_TOKEN_URL: `${osm.url}/oauth2/token`,
    UPSTREAM_USER_URL: `${osm.url}/api/0.6/user/details.json`,
  });
  const admin = await system.signIn("administrator");
  projectId = await createProject(system, admin, {}, [ProjectStatus.PUBLISHED]);
  await cut(system, admin, projectId, 14);
  browser = await startBrowser();
});

afterAll(async () => {
  await browser?.stop();
  await system?.stop();
  await osm?.stop();
  pages?.close();
});

/** The page of the recipe, for this gateway and this project. */
function pageOfRecipe(): string {
  const [, page = ""] = /```html\n([\s\S]*?)```/.exec(readFileSync(RECIPE, "utf8")) ?? [];
  return page
    .replace('"https://tessera.example.org"', JSON.stringify(system.url))
    .replace("PROJECT = 1", `PROJECT = ${projectId}`);
}

test("a page of another origin signs in, lists, locks and follows, as its recipe says", async () => {
  const { page, errors } = await browser.open();
  await page.goto(url);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("button", { name: "Lock task 1", exact: true }).click();
  await page.getByText("Task 1 is yours until").waitFor();
  await page.getByText("EventSource: TASK_EVENT_KIND_LOCKED 1").waitFor();
  await page.getByText("fetch: TASK_EVENT_KIND_LOCKED 1").waitFor();
  expect(errors()).toEqual([]);
});

interface Operation {
  operationId: string;
  tags: string[];
}

test("the page of the operations calls what it shows with the token that it was given, and asks nobody else", async () => {
  const { headers } = await system.signIn("mapper-7");
  const described = await fetch(`${system.url}/openapi.json`);
  const { paths } = (await described.json()) as { paths: Record<string, { get: Operation }> };
  const { operationId, tags } = (paths["/v1/users/me"] as { get: Operation }).get;
  const { page, errors, origins } = await browser.open();
  await page.goto(`${system.url}/docs#/${encodeURIComponent(tags[0] as string)}/${operationId}`);
  await page.getByRole("button", { name: "Authorize", exact: true }).first().click();
  const dialog = page.locator(".modal-ux");
  const bearer = dialog.locator(".auth-container").filter({ hasText: "bearer" }).first();
  await bearer.getByRole("textbox").fill(headers.authorization.slice("Bearer ".length));
  await bearer.getByRole("button", { name: "Apply credentials" }).click();
  await dialog.locator(".close-modal").click();
  // The link leads to the operation, which is open.
  const operation = page.locator(".opblock.is-open");
  await operation.getByRole("button", { name: "Execute" }).click();
  const answer = operation.locator(".live-responses-table");
  await answer.getByText("200", { exact: true }).first().waitFor();
  await answer.getByText("mapper-7").first().waitFor();
  expect(errors()).toEqual([]);
  expect(origins()).toEqual([system.url]);
});
