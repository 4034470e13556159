import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";
import { expect } from "vitest";

const SOURCE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Runs axe-core on a page, and expects that it finds nothing. A page's policy does not stop what a test evaluates. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(SOURCE);
  const { violations } = (await page.evaluate("axe.run()")) as AxeResults;
  const found = violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => ({ id, html, failureSummary })),
  );
  expect(found, page.url()).toEqual([]);
}
