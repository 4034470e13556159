// `npm run screenshots`: pictures of the main pages for the documents, in docs/images/. It starts a system of its own, fills it as
// `npm run demo` does, and stops it.
import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { promisify } from "node:util";
import { temporarySystem } from "@tessera/launch/temporary-system.ts";
import type { BrowserContextOptions } from "playwright-core";
import { startBrowser, type TestBrowser } from "./browser.ts";
import { signInOn } from "./console-system.ts";

const run = promisify(execFile);
const FOLDER = "docs/images";
const DESKTOP = { width: 1_200, height: 900 };
const PHONE = { width: 390, height: 844 };

/** One picture: its name, its page, and how that is looked at. */
interface Picture {
  name: string;
  path: string;
  who: string;
  options?: BrowserContextOptions;
}

const PICTURES: readonly Picture[] = [
  { name: "home", path: "/", who: "mapper-1" },
  { name: "projects", path: "/v1/projects", who: "mapper-1" },
  { name: "project", path: "/v1/projects/1", who: "validator" },
  { name: "project-dark", path: "/v1/projects/1", who: "validator", options: { colorScheme: "dark" } },
  { name: "project-phone", path: "/v1/projects/1", who: "mapper-1", options: { viewport: PHONE } },
  { name: "task", path: "/v1/projects/1/tasks/300", who: "mapper-1" },
  { name: "tasks", path: "/v1/projects/1/tasks", who: "mapper-1" },
  { name: "validation", path: "/console/projects/1/validation", who: "validator" },
  { name: "new-project", path: "/console/new-project", who: "administrator" },
  { name: "task-french", path: "/v1/projects/1/tasks/300", who: "mapper-1", options: { locale: "fr-FR" } },
];

const { system, end } = await temporarySystem("screenshots");
const browser = await startBrowser();
try {
  await run(process.execPath, ["packages/launch/src/demo.ts", "--url", system.url]);
  mkdirSync(FOLDER, { recursive: true });
  for (const picture of PICTURES) await take(browser, picture);
} finally {
  await browser.stop();
  await end();
}

async function take(from: TestBrowser, { name, path, who, options }: Picture): Promise<void> {
  const { page } = await from.open({ viewport: DESKTOP, ...options });
  await signInOn(page, system.url, who);
  await page.goto(`${system.url}${path}`);
  await page.screenshot({ path: `${FOLDER}/${name}.png` });
  await page.context().close();
  console.log(`${FOLDER}/${name}.png: ${path}`);
}
