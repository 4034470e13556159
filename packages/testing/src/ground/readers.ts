import { setTimeout as sleep } from "node:timers/promises";
import type { Page } from "playwright-core";
import type { TestBrowser } from "../browser.ts";
import { signInOn } from "../console-system.ts";
import { pageClient, type SeenPage, signInPage } from "./page-client.ts";

/** Somebody who reads pages and sends their forms, with scripts or without: one list of cases is tried through both. */
export interface Reader {
  open(path: string): Promise<void>;
  /** Fills in a form, sends it, and waits for what comes. `button` is the selector of its button; the first one unless given. */
  send(form: string, fields?: Fields, button?: string): Promise<void>;
  /** The text of the first element that matches; undefined for none. */
  text(selector: string): Promise<string | undefined>;
  /** How many elements match. */
  count(selector: string): Promise<number>;
  /** What a field holds. */
  value(selector: string): Promise<string | undefined>;
  attribute(selector: string, name: string): Promise<string | undefined>;
  /** The path that the address shows. */
  path(): string;
}

/** What is filled in: a text, or the values of the boxes to tick. */
export type Fields = Record<string, string | readonly string[]>;

const SWAP_TRIES_MAX = 400;
const TRY_MS = 25;
const oneLine = (text: string) => text.replaceAll(/\s+/g, " ").trim();

/** Signs somebody in whose browser runs no scripts. */
export async function readerWithoutScripts(url: string, name: string): Promise<Reader> {
  const client = pageClient(url);
  let page: SeenPage = await signInPage(client, name);
  const find = (selector: string) => page.root.querySelector(selector);
  return {
    open: async (path) => {
      page = await client.get(path);
    },
    send: async (form, fields = {}, button) => {
      const pressed = button === undefined ? undefined : find(`${form} ${button}`);
      const own = pressed?.getAttribute("name");
      const value = own === undefined ? {} : { [own]: pressed?.getAttribute("value") ?? "" };
      page = await client.submit(page, form, { ...fields, ...value });
    },
    text: async (selector) => {
      const found = find(selector);
      return found === null ? undefined : oneLine(found.textContent);
    },
    count: async (selector) => page.root.querySelectorAll(selector).length,
    value: async (selector) => {
      const found = find(selector);
      return (found?.getAttribute("value") ?? found?.textContent)?.trim();
    },
    attribute: async (selector, name) => find(selector)?.getAttribute(name),
    path: () => page.path,
  };
}

/** Signs somebody in whose browser is Chromium, with htmx. */
export async function readerWithScripts(browser: TestBrowser, url: string, name: string): Promise<Reader> {
  const { page } = await browser.open();
  page.on("dialog", (dialog) => dialog.accept());
  await signInOn(page, url, name);
  const first = (selector: string) => page.locator(selector).first();
  const isThere = async (selector: string) => (await page.locator(selector).count()) > 0;
  return {
    open: async (path) => {
      await page.goto(`${url}${path}`);
    },
    send: async (form, fields = {}, button = "button") => {
      for (const [name, value] of Object.entries(fields)) await fill(page, `${form} [name="${name}"]`, value);
      await counting(page);
      const before = await page.evaluate("window.swaps");
      await first(`${form} ${button}`).click();
      for (let tries = 0; (await page.evaluate("window.swaps")) === before; tries++) {
        if (tries > SWAP_TRIES_MAX) throw new Error(`nothing came of ${form} on ${page.url()}`);
        await sleep(TRY_MS);
      }
    },
    text: async (selector) =>
      (await isThere(selector)) ? oneLine((await first(selector).textContent()) ?? "") : undefined,
    count: (selector) => page.locator(selector).count(),
    value: async (selector) => ((await isThere(selector)) ? first(selector).inputValue() : undefined),
    attribute: async (selector, name) => (await first(selector).getAttribute(name)) ?? undefined,
    path: () => page.url().slice(url.length),
  };
}

/** Counts what htmx swaps in, so that it can be waited for. */
async function counting(page: Page): Promise<void> {
  await page.evaluate(`if (window.swaps === undefined) {
    window.swaps = 0;
    document.addEventListener("htmx:finally:request", () => window.swaps++);
  }`);
}

async function fill(page: Page, selector: string, value: string | readonly string[]): Promise<void> {
  const field = page.locator(selector).first();
  const kind = await field.evaluate((it: { type?: string }) => it.type);
  if (kind === "radio" || kind === "checkbox") {
    for (const one of [value].flat()) await page.locator(`${selector}[value="${one}"]`).check();
    return;
  }
  if (kind === "select-one") await field.selectOption(value as string);
  else {
    await field.evaluate((it: { closest(parts: string): { open: boolean } | null }) => {
      const part = it.closest("details");
      if (part !== null) part.open = true;
    });
    await field.fill(value as string);
  }
}
