import { setTimeout as sleep } from "node:timers/promises";
import { ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startBrowser, type TestBrowser } from "../browser.ts";
import { type ConsoleSystem, consoleSystem, signInOn } from "../console-system.ts";
import { requestId } from "../ground/door.ts";
import { pageClient, signInPage } from "../ground/page-client.ts";
import { createProject, cut, type Headers } from "../ground/world.ts";

const ZOOM = 12;
/** The tile that has the tasks of every test project. */
const TILE = "9/270/241";
const TRIES_MAX = 60;
const TRY_AFTER_MS = 250;

let system: ConsoleSystem;
let browser: TestBrowser;
let admin: Headers;
let projectId: number;
let draftId: number;

beforeAll(async () => {
  system = await consoleSystem();
  admin = await system.signIn("administrator");
  projectId = await createProject(system, admin, {}, [ProjectStatus.PUBLISHED]);
  await cut(system, admin, projectId, ZOOM);
  draftId = await createProject(system, admin, {}, []);
  await cut(system, admin, draftId, ZOOM);
  browser = await startBrowser();
});
afterAll(async () => {
  await browser?.stop();
  await system.stop();
});

const lock = async (taskId: number, name: string) => {
  const who = await system.signIn(name);
  const request = { requestId: requestId(), projectId, taskId, purpose: LockPurpose.MAPPING };
  await system.task.lockTask(request, who);
};
const picture = (page: Page) => page.locator(`#map-picture-${projectId} > svg`);

describe("without scripts", () => {
  test("the tasks are a picture with a legend, and a table is one link away", async () => {
    const { root } = await pageClient(system.url).get(`/v1/projects/${projectId}`);
    const svg = root.querySelector("figure svg.tasks");
    expect(svg?.getAttribute("role")).toBe("img");
    expect(svg?.getAttribute("aria-label")).toMatch(/^Map of \d+ tasks\. To map: \d+\.$/);
    expect(svg?.querySelectorAll("pattern").length).toBe(1);
    expect(root.querySelectorAll(".legend li").length).toBe(7);
    expect(root.querySelector("[data-map-open]")?.hasAttribute("hidden")).toBe(true);
    const table = root.querySelector(`figure a[href="/v1/projects/${projectId}/tasks"]`);
    expect(table?.textContent).toBe("All tasks as a table");
  });

  test("tiles are given to those who may see the project, and not sent again while they are as they were", async () => {
    const anybody = pageClient(system.url);
    const path = `/console/projects/${projectId}/tiles/${TILE}`;
    const first = await anybody.get(path);
    const etag = first.headers.get("etag") ?? "";
    expect([first.status, first.headers.get("content-type"), first.text.length > 500]).toEqual([
      200,
      "application/vnd.mapbox-vector-tile",
      true,
    ]);
    expect((await anybody.get(path, { "if-none-match": etag })).status).toBe(304);
    const draft = `/console/projects/${draftId}/tiles/${TILE}`;
    const manager = pageClient(system.url);
    await signInPage(manager, "administrator");
    expect([(await anybody.get(draft)).status, (await manager.get(draft)).status]).toEqual([404, 200]);
    const pictures = [anybody, manager].map((it) => it.get(`/console/projects/${draftId}/picture`));
    expect((await Promise.all(pictures)).map(({ status }) => status)).toEqual([404, 200]);
    expect((await anybody.get("/console/projects/tiles/0/0/0")).status).toBe(200);
  });

  test("the miniature of a project is a picture by itself, for those who may see the project", async () => {
    const anybody = pageClient(system.url);
    const manager = pageClient(system.url);
    await signInPage(manager, "administrator");
    const { status, headers, text } = await anybody.get(`/console/projects/${projectId}/miniature.svg`);
    expect([status, headers.get("content-type")]).toEqual([200, "image/svg+xml"]);
    expect(headers.get("content-security-policy")).not.toContain("unsafe");
    expect(text).toMatch(
      /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" viewBox="[^"]+"><style>.+class="task-ready"/s,
    );
    const again = { "if-none-match": headers.get("etag") ?? "" };
    const path = `/console/projects/${draftId}/miniature.svg`;
    const others = await Promise.all([
      anybody.get(`/console/projects/${projectId}/miniature.svg`, again),
      anybody.get(path),
      manager.get(path),
    ]);
    expect(others.map((it) => it.status)).toEqual([304, 404, 200]);
  });

  test("the address of the events has a ticket for those who are signed in alone", async () => {
    const address = async (client: ReturnType<typeof pageClient>) => {
      const { text } = await client.get(`/console/projects/${projectId}/live-address`);
      return (JSON.parse(text) as { address: string }).address;
    };
    const path = `/v1/projects/${projectId}/task-events?f=sse`;
    expect(await address(pageClient(system.url))).toBe(path);
    const signedIn = pageClient(system.url);
    await signInPage(signedIn, "mapper-21");
    expect(await address(signedIn)).toMatch(new RegExp(`^${path.replace("?", "\\?")}&ticket=\\S+$`));
  });
});

test("a change shows in the picture, the map opens by a click, and a click on a task leads to it", async () => {
  const { page, violations, errors, origins } = await browser.open();
  await signInOn(page, system.url, "mapper-22", `/v1/projects/${projectId}`);
  await page.locator('[data-map][data-state="live"]').waitFor();
  await lock(1, "mapper-23");
  await page.locator(`#map-picture-${projectId} > svg[aria-label*="Being mapped now: 1"]`).waitFor();
  expect(origins()).toEqual([system.url]);

  const tile = page.waitForResponse(/\/console\/projects\/\d+\/tiles\//);
  await page.getByRole("button", { name: "Open the interactive map" }).click();
  expect((await tile).status()).toBe(200);
  await picture(page).waitFor({ state: "hidden" });
  // What happens now is in a tile that is fetched again.
  const again = page.waitForResponse((it) => /\/tiles\//.test(it.url()) && it.status() === 200);
  await lock(2, "mapper-24");
  await again;

  await clickUntil(page, /\/tasks\/\d+$/);
  expect([violations(), errors(), origins()]).toEqual([[], [], [system.url]]);
});

test("an area is drawn by keys and typed corners, a fault stands at its place, and the last corner is removed", async () => {
  const { page, violations } = await browser.open();
  await signInOn(page, system.url, "administrator", "/console/new-project");
  await page.getByRole("button", { name: "Draw on a map" }).click();
  const typed = page.getByLabel("A corner by its latitude and longitude");
  const corners = ["0, 0", "0.1, 0.1", "0, 0.1", "0.1, 0"];
  for (const place of corners) {
    await typed.fill(place);
    await typed.press("Enter");
  }
  const area = page.locator('textarea[name="area"]');
  const rings = async () =>
    (JSON.parse(await area.inputValue()) as { coordinates: number[][][][] }).coordinates;
  const east = 0.1;
  expect(await rings()).toEqual([
    [
      [
        [0, 0],
        [east, east],
        [east, 0],
        [0, east],
        [0, 0],
      ],
    ],
  ]);
  const send = page.locator('form[action="/console/new-project/drawing"] > button');
  await send.click();
  await page.locator("ol.faults").waitFor();
  expect(await page.locator("ol.faults").textContent()).toContain("must not cross itself");
  expect(await page.locator("#map-area svg .fault-mark").count()).toBe(1);
  expect(await page.locator("#map-area svg .area-shape").getAttribute("d")).toMatch(/^m/);
  // What was drawn is still there, and its last corner becomes another one by keys alone.
  await page.locator("[data-map-stage] .maplibregl-marker[title*=cross]").waitFor();
  await page.locator("[data-map-stage] canvas").focus();
  await page.keyboard.press("Backspace");
  await page.keyboard.press("Backspace");
  await page.keyboard.press("Backspace");
  expect(await area.inputValue()).toBe("");
  await page.keyboard.press("Enter");
  await typed.fill("0.05, -0.2");
  await typed.press("Enter");
  await expect.poll(async () => (await rings())[0]?.[0]?.length).toBe(4);
  await send.click();
  await page.locator(".step-links a.button").waitFor();
  expect(await page.locator("h1").textContent()).toBe("Is this the area?");
  expect(violations()).toEqual([]);
});

/** Clicks in the middle of the map, which may not be drawn yet, until the page is another one. */
async function clickUntil(page: Page, url: RegExp): Promise<void> {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    if (url.test(page.url())) return;
    await page
      .locator("[data-map-stage] canvas")
      .click({ timeout: 1_000 })
      .catch(() => {});
    await sleep(TRY_AFTER_MS);
  }
  throw new Error(`${page.url()} is still shown`);
}
