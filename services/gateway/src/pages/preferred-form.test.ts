import type { IncomingMessage } from "node:http";
import { expect, test } from "vitest";
import { forgetHtml, prefersHtml } from "./preferred-form.ts";

const BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

function asked(query: string, accept: string | undefined) {
  const headers = accept === undefined ? {} : { accept };
  return { query, request: { headers } as IncomingMessage } as Parameters<typeof forgetHtml>[0];
}

test.each([
  [undefined, "", false],
  ["", "", false],
  ["*/*", "", false],
  ["application/json", "", false],
  [BROWSER, "", true],
  ["text/html", "", true],
  ["TEXT/HTML", "", true],
  ["text/html;charset=utf-8", "", true],
  ["text/html;level=1", "", true],
  ["application/xhtml+xml", "", true],
  ["text/html, text/event-stream", "", true],
  ["text/html, */*", "", true],
  ["*/*, text/html", "", true],
  ["text/html;q=0.9, */*;q=0.9", "", true],
  ["text/html;q=0.5, */*;q=0.8", "", false],
  ["text/html;q=0, */*", "", false],
  ["text/*", "", false],
  ["application/json, text/html;q=0.9", "", false],
  ["application/json;q=0.9, text/html", "", true],
  ["application/json, text/html", "", false],
  ["text/html, application/json", "", true],
  ["text/csv, text/html;q=0.5", "", false],
  ["text/html, application/geo+json;q=0.9", "", true],
  ["application/problem+json, text/html;q=0.9", "", false],
  ["text/event-stream", "", false],
  ["image/png", "", false],
  ["application/json", "f=html", true],
  [undefined, "page_size=2&f=html", true],
  [BROWSER, "f=json", false],
  [BROWSER, "f=csv", false],
  [BROWSER, "f=html&f=json", false],
  [BROWSER, "f=html&f=html", false],
  [BROWSER, "filter=html", true],
  ["*/*", "xf=html", false],
  ["*/*", "f=%68tml", true],
  ["*/*", "f=%", false],
])("Accept %j and the query %j prefer a page: %j", (accept, query, expected) => {
  expect(prefersHtml(asked(query, accept))).toBe(expected);
  // What was decided before is remembered.
  expect(prefersHtml(asked(query, accept))).toBe(expected);
});

test.each([
  [BROWSER, "", "application/xml;q=0.9,*/*;q=0.8", ""],
  ["text/html", "f=html", undefined, ""],
  ["text/html;q=0.9, text/csv;q=0.5", "page_size=2&f=html&x", "text/csv;q=0.5", "page_size=2&x"],
  [undefined, "f=html&a=%2F", undefined, "a=%2F"],
  ["application/json", "f=json", "application/json", "f=json"],
])("Accept %j and the query %j without HTML", (accept, query, expected, rest) => {
  const exchange = asked(query, accept);
  forgetHtml(exchange);
  expect([exchange.request.headers.accept, exchange.query]).toEqual([expected, rest]);
});
