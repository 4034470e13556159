import {
  assert,
  asyncProperty,
  constantFrom,
  dictionary,
  json,
  oneof,
  record,
  string,
  webPath,
} from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type BookGateway, bookGateway } from "./books.ts";

const RUNS = { numRuns: 400 };
const FIELDS =
  "author filter tags kind since note sold price code count total page left right extra area areas filters any".split(
    " ",
  );

let gateway: BookGateway;
beforeAll(async () => {
  gateway = await bookGateway();
});
afterAll(() => gateway.stop());

async function neverFails(method: string, path: string, body?: string, headers = {}): Promise<void> {
  const { status } = await gateway.ask(method, path, { ...(body !== undefined && { body }), headers });
  expect([200, 400, 404, 405, 406, 415, 422, 428]).toContain(status);
}

test("no JSON makes the gateway fail", async () => {
  const body = oneof(
    json(),
    string(),
    dictionary(
      constantFrom(...FIELDS),
      json().map((it) => JSON.parse(it)),
    ).map((it) => JSON.stringify(it)),
  );
  const target = record({
    method: constantFrom("POST", "PATCH", "PUT"),
    path: constantFrom("/v1/books", "/v1/books/5", "/v1/books/5/cover"),
  });
  const headers = { "if-match": '"1"' };
  await assert(
    asyncProperty(body, target, (text, { method, path }) => neverFails(method, path, text, headers)),
    RUNS,
  );
});

test("no path and no query makes the gateway fail", async () => {
  const name = oneof(
    constantFrom(...FIELDS, "filter.year_from", "f"),
    string({ unit: "binary" }).map((it) => encodeURIComponent(it.toWellFormed())),
  );
  const value = oneof(
    string({ unit: "binary" }).map((it) => encodeURIComponent(it.toWellFormed())),
    constantFrom("%", "%ff", "%00", "a=b", "1"),
  );
  const path = oneof(
    webPath(),
    constantFrom("/books", "/books/1/publications", "/years/%/..", "/shelves/%2f/books"),
  );
  const target = record({ path, name, value });
  await assert(
    asyncProperty(target, (it) => neverFails("GET", `/v1${it.path}?${it.name}=${it.value}`)),
    RUNS,
  );
});
