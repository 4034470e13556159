import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startBrowser, type TestBrowser } from "../browser.ts";
import { type ConsoleSystem, consoleSystem } from "../console-system.ts";

let system: ConsoleSystem;
let browser: TestBrowser;
beforeAll(async () => {
  [system, browser] = await Promise.all([consoleSystem(), startBrowser()]);
});
afterAll(() => Promise.all([system.stop(), browser.stop()]));

const TABS_MAX = 150;
const WAIT_MAX_MS = 30_000;
const COUNTY = `{"type":"Polygon","coordinates":[[[-90.9,14.2],[-90.8,14.2],[-90.8,14.3],[-90.9,14.3],[-90.9,14.2]]]}`;

/** What has the focus, and whether somebody sees that: its outline, and that it lies in the window. */
interface Focused {
  tag: string;
  text: string;
  isSeen: boolean;
}

const FOCUSED = `(() => {
  const it = document.activeElement ?? document.body;
  const { outlineStyle } = getComputedStyle(it);
  const { top, bottom, left, right, width } = it.getBoundingClientRect();
  const isInside = bottom > 0 && top < innerHeight && right > 0 && left < innerWidth && width > 0;
  const labels = [...(it.labels ?? [])].map((label) => label.textContent).join(" ");
  const text = (labels || it.getAttribute("aria-label") || it.textContent || "").replace(/\\s+/g, " ").trim();
  return { tag: it.localName, text, isSeen: outlineStyle !== "none" && isInside };
})()`;
const focused = async (page: Page) => (await page.evaluate(FOCUSED)) as Focused;

/** Presses Tab until something with this text has the focus. All on the way there is seen when it has the focus. */
async function tabTo(page: Page, text: RegExp): Promise<void> {
  const passed: string[] = [];
  for (let tabs = 0; tabs < TABS_MAX; tabs++) {
    await page.keyboard.press("Tab");
    const it = await focused(page);
    if (it.tag !== "body") expect([page.url(), it]).toEqual([page.url(), { ...it, isSeen: true }]);
    if (text.test(it.text)) return;
    passed.push(`${it.tag} ${it.text.slice(0, 40)}`);
  }
  throw new Error(`the keyboard does not reach ${text} on ${page.url()}:\n${passed.join("\n")}`);
}

async function press(page: Page, text: RegExp, key = "Enter"): Promise<void> {
  await tabTo(page, text);
  await page.keyboard.press(key);
}

/** Waits until a new page has come and the focus is on what is to be read first there. */
async function readFirst(page: Page, tag: string, text: RegExp): Promise<void> {
  const seen = async () => {
    const it = await focused(page);
    return `${it.tag}: ${it.text}`;
  };
  await expect.poll(seen, { timeout: WAIT_MAX_MS }).toMatch(new RegExp(`^${tag}: ${text.source}`));
}

async function signIn(name: string): Promise<Page> {
  const { page } = await browser.open();
  page.setDefaultTimeout(WAIT_MAX_MS);
  await page.goto(`${system.url}/`);
  await page.keyboard.press("Tab");
  expect((await focused(page)).text).toBe("Skip to the content");
  await press(page, /^Sign in$/);
  await readFirst(page, "h1", /Sign in$/);
  await tabTo(page, /^Name$/);
  await page.keyboard.type(name);
  await page.keyboard.press("Enter");
  await readFirst(page, "p", /You are signed in\.$/);
  return page;
}

test("a project of a file is made, mapped and checked by keys alone, and what is new has the focus", async () => {
  const admin = await signIn("administrator");
  await press(admin, /^Projects$/);
  await readFirst(admin, "h1", /Projects$/);
  await press(admin, /^New project$/);
  await readFirst(admin, "h1", /New project$/);
  await tabTo(admin, /^File with the area/);
  // The window in which a file is chosen is the browser's own.
  const county = { name: "county.geojson", mimeType: "application/geo+json", buffer: Buffer.from(COUNTY) };
  await admin.locator("input[type=file]:focus").setInputFiles(county);
  await press(admin, /^Upload this file$/);
  await readFirst(admin, "h1", /Is this the area\?/);
  await press(admin, /^Continue$/);
  await readFirst(admin, "h1", /What is it called/);
  await tabTo(admin, /^Name$/);
  await admin.keyboard.type("By keys");
  await press(admin, /^Save as a draft and continue$/);
  await readFirst(admin, "p", /The project is saved as a draft/);
  await press(admin, /^Cut into \d+ tasks$/);
  await admin.getByText("It is done.").waitFor();
  await press(admin, /^Continue to the next step$/);
  await readFirst(admin, "h1", /Who/);
  await press(admin, /^Continue$/);
  await readFirst(admin, "h1", /Ready to publish/);
  await press(admin, /^Publish$/);
  await readFirst(admin, "p", /Saved|published/);
  const project = admin.url();

  const mapper = await signIn("mapper-9");
  await mapper.goto(project);
  await press(mapper, /^Map a task$/);
  await readFirst(mapper, "p", /The task is yours/);
  await press(mapper, /^Hand in$/);
  await press(mapper, /^It is completely mapped$/, "Space");
  await press(mapper, /^Hand in$/);
  await mapper.locator(".task-state").getByText("Mapped, to validate").waitFor();
  await readFirst(mapper, "p", /Handed in/);

  const validator = await signIn("validator");
  await validator.goto(`${system.url}/console/projects/${/\d+$/.exec(project)}/validation`);
  await press(validator, /^Task \d+|^Choose/, "Space");
  await press(validator, /^Take the chosen tasks$/);
  await tabTo(validator, /^Not yet$/);
  for (let keys = 0; keys < 3 && (await focused(validator)).text !== "It is right"; keys++)
    await validator.keyboard.press("ArrowDown");
  await press(validator, /^Hand in what is decided$/);
  await readFirst(validator, "p", /Handed in/);
});
