import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startBrowser, type TestBrowser, type TestPage } from "../browser.ts";
import { type ConsoleSystem, consoleSystem, signInOn } from "../console-system.ts";

let system: ConsoleSystem;
let browser: TestBrowser;
beforeAll(async () => {
  [system, browser] = await Promise.all([consoleSystem(), startBrowser()]);
});
afterAll(() => Promise.all([system.stop(), browser.stop()]));

/** A square on the coast of Guatemala. */
const COUNTY = JSON.stringify({
  type: "Polygon",
  coordinates: [
    [
      [-90.9, 14.2],
      [-90.8, 14.2],
      [-90.8, 14.3],
      [-90.9, 14.3],
      [-90.9, 14.2],
    ],
  ],
});

const enter = async (name: string): Promise<TestPage> => {
  const opened = await browser.open();
  await signInOn(opened.page, system.url, name);
  return opened;
};
const heading = (page: Page) => page.getByRole("heading", { level: 1 });

/** Makes a project of a file and publishes it, as somebody does who has never been here. Returns its path. */
async function makeProject(page: Page): Promise<string> {
  await page.getByRole("link", { name: "Projects", exact: true }).click();
  await page.getByRole("link", { name: "New project" }).click();
  const county = { name: "county.geojson", mimeType: "application/geo+json", buffer: Buffer.from(COUNTY) };
  await page.getByLabel("File with the area").setInputFiles(county);
  await page.getByRole("button", { name: "Upload this file" }).click();
  await heading(page).getByText("Is this the area?").waitFor();
  await page.locator(".step-links a.button").click();
  await page.locator('input[name="project.name"]').fill("A county: roads");
  await page.locator('main form[action="/v1/projects"] button').click();
  await page.waitForURL(/\/console\/projects\/\d+\/cut$/);
  const path = `/v1/projects/${/projects\/(\d+)/.exec(page.url())?.[1]}`;
  await page.locator("#preview form button").click();
  await page.getByText("It is done.").waitFor();
  await page.goto(`${system.url}/console${path.slice(3)}/publish`);
  await page.locator('input[name="_part"][value="status"] ~ button').click();
  await page.waitForURL(`${system.url}${path}`);
  return path;
}

test("a coordinator, a mapper and a validator do the whole job, each in a window, at the same time", async () => {
  const [coordinator, mapper, validator] = await Promise.all(
    ["administrator", "mapper-7", "validator"].map(enter),
  );
  if (!coordinator || !mapper || !validator) throw new Error("three windows were opened");
  const path = await makeProject(coordinator.page);
  await Promise.all([mapper, validator].map(({ page }) => page.goto(`${system.url}${path}`)));

  await mapper.page.getByRole("button", { name: "Map a task" }).click();
  await mapper.page.waitForURL(/\/tasks\/\d+$/);
  const task = mapper.page.url();
  await validator.page.goto(task);
  await validator.page.getByText("Being mapped").or(validator.page.getByText("mapper-7")).first().waitFor();
  await mapper.page.getByLabel("Mapped", { exact: false }).first().check();
  await mapper.page.locator(`form[action$="/submissions"] button`).click();
  await mapper.page.locator(".task-state").getByText("Mapped, to validate").waitFor();

  await validator.page.goto(`${system.url}/console${path.slice(3)}/validation`);
  await validator.page.locator('input[name="task_ids"]').first().check();
  await validator.page.getByRole("button", { name: "Take the chosen tasks" }).click();
  await validator.page.getByLabel("It is right").check();
  await validator.page.getByRole("button", { name: "Hand in what is decided" }).click();
  await validator.page.getByText("Handed in").waitFor();

  await coordinator.page.goto(task);
  await coordinator.page.locator(".task-state").getByText("Validated").waitFor();
  // What a window went through, it finds again.
  await coordinator.page.goBack();
  await expect.poll(() => coordinator.page.url()).toBe(`${system.url}${path}`);
  await heading(coordinator.page).getByText("A county: roads").waitFor();
  for (const { violations, errors, origins } of [coordinator, mapper, validator])
    expect([violations(), errors(), origins()]).toEqual([[], [], [system.url]]);
});
