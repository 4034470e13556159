import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";
import { expect } from "vitest";

const SOURCE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What depends on how a page is looked at: its colours, its width, its direction. */
const LOOK_RULES = ["color-contrast", "link-in-text-block", "target-size", "scrollable-region-focusable"];

/** Runs axe-core on a page, and expects that it finds nothing. A page's policy does not stop what a test evaluates. */
export const expectAccessible = (page: Page) => expectNothing(page, {});

/** Runs those rules of axe-core that depend on colours and widths, on a page that has passed all rules in another look. */
export const expectReadable = (page: Page) => expectNothing(page, { runOnly: LOOK_RULES });

async function expectNothing(page: Page, options: { runOnly?: string[] }): Promise<void> {
  await page.evaluate(SOURCE);
  const only = JSON.stringify({ ...options, resultTypes: ["violations"], iframes: false });
  const { violations } = (await page.evaluate(`axe.run(${only})`)) as AxeResults;
  const found = violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => ({ id, html, failureSummary })),
  );
  expect(found, page.url()).toEqual([]);
}
