import { create } from "@bufbuild/protobuf";
import { MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startBrowser, type TestBrowser } from "../browser.ts";
import { type ConsoleSystem, consoleSystem, signInOn } from "../console-system.ts";
import { expectAccessible, expectReadable } from "../ground/axe.ts";
import { requestId } from "../ground/door.ts";

let system: ConsoleSystem;
let browser: TestBrowser;
let addresses: string[] = [];
beforeAll(async () => {
  [system, browser] = await Promise.all([consoleSystem(), startBrowser()]);
  addresses = await smallWorld();
});
afterAll(async () => {
  await browser?.stop();
  await system?.stop();
});

const SQUARE = {
  coordinates: [10, 10, 10.1, 10, 10.1, 10.1, 10, 10.1, 10, 10],
  ringLengths: [5],
  polygonLengths: [1],
};

/** A project with tasks, and the addresses of its pages and of those that are always there. */
async function smallWorld(): Promise<string[]> {
  const admin = await system.signIn("administrator");
  const project = { name: "Ground", area: create(MultiPolygonSchema, SQUARE) };
  const made = await system.project.createProject({ requestId: requestId(), project }, admin);
  const projectId = Number(made.acknowledgement?.name.split("/")[1]);
  await system.task.createTasks({ requestId: requestId(), projectId, zoom: 12 }, admin);
  await system.task.waitOperation({ projectId, operationId: 1 }, admin);
  const own = ["", "/tasks", "/tasks/1", "/task-events", "/contributors", "/operations", "/operations/1"];
  return [
    "/",
    "/v1/projects",
    "/v1/organisations",
    "/v1/teams",
    "/v1/users/me",
    "/v1/users",
    "/v1/users/me/locks",
    "/v1/sessions",
    "/v1/personal-access-tokens",
    "/v1/auth-events",
    "/console/administration",
    "/console/new-project",
    `/console/projects/${projectId}/settings`,
    `/console/projects/${projectId}/validation`,
    ...own.map((it) => `/v1/projects/${projectId}${it}`),
  ];
}

const HEIGHT = 800;

/** How a page is looked at. */
interface Look {
  language: "en" | "fr" | "en-XA" | "ar-XB";
  /** Widths of the window: 640 and 320 are those of a zoom of 200 % and 400 %. */
  widths: readonly [number, ...number[]];
  colorScheme: "light" | "dark";
}

interface Facts {
  headings: number;
  lang: string;
  dir: string;
  isTooWide: boolean;
}

/** What a page is, read in the browser. */
const FACTS = `(() => {
  const root = document.documentElement;
  const isTooWide = root.scrollWidth > root.clientWidth;
  return { headings: document.querySelectorAll("h1").length, lang: root.lang, dir: root.dir, isTooWide };
})()`;

async function walk({ language, widths, colorScheme }: Look, check: (page: Page) => Promise<void>) {
  const { page, origins, violations } = await browser.open({
    viewport: { width: widths[0], height: HEIGHT },
    colorScheme,
  });
  await signInOn(page, system.url, "administrator");
  if (language !== "en") await page.locator(`.languages button[value="${language}"]`).click();
  await page.waitForFunction(`document.documentElement.lang === "${language}"`);
  const found: [string, Facts][] = [];
  for (const address of addresses) {
    await page.goto(`${system.url}${address}`, { waitUntil: "domcontentloaded" });
    for (const width of widths) {
      if (widths.length > 1) await page.setViewportSize({ width, height: HEIGHT });
      found.push([address, (await page.evaluate(FACTS)) as Facts]);
    }
    await check(page);
  }
  const dir = language === "ar-XB" ? "rtl" : "ltr";
  const right = { headings: 1, lang: language, dir, isTooWide: false };
  expect(found).toEqual(addresses.flatMap((address) => widths.map(() => [address, right])));
  expect([violations(), origins()]).toEqual([[], [system.url]]);
}

test.concurrent("pages have no fault that axe finds", () =>
  walk({ language: "en", widths: [1_280], colorScheme: "light" }, expectAccessible));

test.concurrent("from right to left, dark, on a phone, pages can be read and do not scroll sideways", () =>
  walk({ language: "ar-XB", widths: [320], colorScheme: "dark" }, expectReadable));

test.concurrent("in French, at a zoom of 200 % and on a phone, no page scrolls sideways", () =>
  walk({ language: "fr", widths: [640, 320], colorScheme: "light" }, async () => {}));
