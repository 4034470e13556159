import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from "playwright-core";
import { findChromium } from "./chromium.ts";

/** How long a browser may take to start or to stop, and a page for each thing that a test waits for. */
const START_MAX_MS = 60_000;
const STOP_MAX_MS = 10_000;
const WAIT_MAX_MS = 90_000;

/** A page that a test has opened, and what it did. */
export interface TestPage {
  page: Page;
  /** The origins of all that it asked for over HTTP, also of what its policy stopped. */
  origins(): string[];
  /** What broke its Content-Security-Policy, as the browser says it. */
  violations(): string[];
  /** What its scripts threw or wrote as an error, violations among it. */
  errors(): string[];
}

/** A headless Chromium. */
export interface TestBrowser {
  /** Opens an empty page, which shares no cookies and no cache with the others: `{ javaScriptEnabled: false }`. */
  open(options?: BrowserContextOptions): Promise<TestPage>;
  stop(): Promise<void>;
}

/**
 * Starts a headless Chromium that comes with npm, so that nothing needs to be installed. A test file starts one at most:
 *
 *     let browser: TestBrowser;
 *     beforeAll(async () => { browser = await startBrowser(); });
 *     afterAll(() => browser.stop());
 *
 *     test("a page shows the tasks", async () => {
 *       const { page, violations } = await browser.open();
 *       await page.goto(`${gateway.url}/v1/projects/1/tasks`);
 *       await page.getByRole("link", { name: "Task 1" }).click();
 *       expect(violations()).toEqual([]);
 *     });
 *
 * `page` is a page of Playwright, whose locators wait by themselves. Its rules are those of a browser for people:
 * same-origin policy, CORS, Content-Security-Policy, mixed content. Starting takes about a second, and some three more on
 * the first time.
 */
export async function startBrowser(): Promise<TestBrowser> {
  const browser = await launch();
  return { open: (options) => open(browser, options), stop: () => stop(browser) };
}

async function launch(): Promise<Browser> {
  const { executablePath, env } = await findChromium();
  // Chromium cannot use its sandbox as root, nor in most containers. The pages are our own.
  const args = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
  ];
  return chromium.launch({ executablePath, env, args, timeout: START_MAX_MS });
}

async function open(browser: Browser, options: BrowserContextOptions = {}): Promise<TestPage> {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(WAIT_MAX_MS);
  const page = await context.newPage();
  return { page, ...observe(context, page) };
}

function observe(context: BrowserContext, page: Page): Omit<TestPage, "page"> {
  const origins = new Set<string>();
  const errors: string[] = [];
  context.on("request", (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol.startsWith("http")) origins.add(origin);
  });
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  return {
    origins: () => [...origins],
    errors: () => [...errors],
    violations: () => errors.filter((it) => /Content Security Policy/i.test(it)),
  };
}

/** Closes the browser, and leaves it where it does not close: it ends with the process of the tests. */
async function stop(browser: Browser): Promise<void> {
  const closed = browser.close();
  closed.catch(() => {});
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, STOP_MAX_MS);
  await Promise.race([closed, late]);
  clearTimeout(timer);
}
