import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type BookGateway, bookGateway } from "../testing/books.ts";

let gateway: BookGateway;
beforeAll(async () => {
  gateway = await bookGateway();
});
beforeEach(() => void gateway.take());
afterAll(() => gateway.stop());

describe("a query", () => {
  test.each([
    ["", {}],
    ["author=a", { author: "a" }],
    ["author=a+b%20c%2B", { author: "a b c+" }],
    ["author=a%26b%3Dc=d", { author: "a&b=c=d" }],
    ["author", {}],
    ["filter.year_from=3&filter.inner.yearFrom=4", { filter: { year_from: 3, inner: { year_from: 4 } } }],
    ["tags=a&tags=b&tags=", { tags: ["a", "b", ""] }],
    [
      "kind=KIND_ATLAS&kinds=KIND_NOVEL&kinds=KIND_ATLAS",
      { kind: "KIND_ATLAS", kinds: ["KIND_NOVEL", "KIND_ATLAS"] },
    ],
    ["since=2026-11-22T09:30:00Z", { since: "2026-11-22T09:30:00Z" }],
    ["since=2026-11-22T09:30:00+05:45", { since: "2026-11-22T03:45:00Z" }],
    ["since=2026-11-22t09:30:00%2B05:45", { since: "2026-11-22T03:45:00Z" }],
    ["note=", { note: "" }],
    ["sold=true&price=-1.5e3&code=aGk%3D", { sold: true, price: -1500, code: "aGk=" }],
    [
      "count=-9007199254740993&total=18446744073709551615",
      { count: "-9007199254740993", total: "18446744073709551615" },
    ],
    ["left=x", { left: "x" }],
    ["&&page=7&", { page: 7 }],
    ["numbers=1&numbers=2", { numbers: [1, 2] }],
    [
      "filter.kinds=KIND_ATLAS&filter.within.west=1.5&filter.kinds=KIND_NOVEL&filter.within.south=-2",
      { filter: { kinds: ["KIND_ATLAS", "KIND_NOVEL"], within: { west: 1.5, south: -2 } } },
    ],
  ])("%s is read, by GET and by DELETE", async (query, json) => {
    const got = await gateway.ask("GET", `/v1/books?${query}`);
    expect([got.status, gateway.take()]).toEqual([200, { rpc: "Search", json }]);
    const deleted = await gateway.ask("DELETE", `/v1/books?${query}`);
    expect([deleted.status, gateway.take()]).toEqual([200, { rpc: "Discard", json }]);
  });

  test.each([
    ["unknown=1", "unknown", "field.unknown"],
    ["filter=1", "filter", "field.unknown"],
    ["filter.nothing=1", "filter.nothing", "field.unknown"],
    ["author.x=1", "author.x", "field.unknown"],
    ["area=1", "area", "field.unknown"],
    ["area.coordinates=1", "area.coordinates", "field.unknown"],
    ["left=a&right=b", "right", "field.twice"],
    ["filters=1", "filters", "field.unknown"],
    ["__proto__=1", "__proto__", "field.unknown"],
    ["constructor.prototype=1", "constructor.prototype", "field.unknown"],
    ["page=1&page=1", "page", "field.twice"],
    ["page=1.0", "page", "field.type"],
    ["page=0x7", "page", "field.type"],
    ["page=07", "page", "field.type"],
    ["page=", "page", "field.type"],
    ["numbers=1&numbers=x", "numbers", "field.type"],
    ["filter.within=1", "filter.within", "field.unknown"],
    ["filter.within.west=east", "filter.within.west", "field.type"],
    ["filter.within.west=1&filter.within.west=1", "filter.within.west", "field.twice"],
    ["page=2147483648", "page", "field.type"],
    ["count=9223372036854775808", "count", "field.type"],
    ["total=-1", "total", "field.type"],
    ["sold=1", "sold", "field.type"],
    ["sold=TRUE", "sold", "field.type"],
    ["price=1,5", "price", "field.type"],
    ["kind=1", "kind", "field.type"],
    ["kind=novel", "kind", "field.type"],
    ["since=yesterday", "since", "field.type"],
    ["since=2027-02-30T00:00:00Z", "since", "field.type"],
    ["since=2026-11-22+09:30:00Z", "since", "field.type"],
    ["code=%25", "code", "field.type"],
  ])("%s is refused by name", async (query, parameter, rule) => {
    const answer = await gateway.ask("GET", `/v1/books?${query}`);
    expect(answer.status).toBe(422);
    expect(answer.json).toMatchObject({ reason: "FIELD_UNREADABLE", errors: [{ parameter, rule }] });
    expect(gateway.take()).toBeUndefined();
  });

  test.each(["author=%zz", "author=%ff", "%c3=1"])("%s is malformed", async (query) => {
    const answer = await gateway.ask("GET", `/v1/books?${query}`);
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({ reason: "REQUEST_MALFORMED", errors: [{ rule: "query.encoding" }] });
  });

  test("does not exist where the body is the whole message", async () => {
    const answer = await gateway.ask("POST", "/v1/books?author=a", { body: {} });
    expect(answer.json).toMatchObject({
      status: 422,
      errors: [{ parameter: "author", detail: "is part of the body" }],
    });
  });

  test("is beside a body that is one field", async () => {
    await gateway.ask("PUT", "/v1/books/7/cover?dry_run=true", { body: { name: "n" } });
    expect(gateway.take()?.json).toEqual({ book_id: 7, dry_run: true, cover: { name: "n" } });
  });
});

describe("a path", () => {
  test.each([
    ["GET", "/v1/shelves/s%20%2F1/books?author=a", "Search", { shelf: "s /1", author: "a" }],
    ["POST", "/v1/books/7/publications", "Publish", { page: 7 }],
    ["GET", "/v1/years/3/4", "Nested", { filter: { year_from: 3, inner: { year_from: 4 } } }],
    ["PURGE", "/v1/books/8", "Purge", { page: 8 }],
    ["DELETE", "/v1/any/9", "Any", { page: 9 }],
    ["DELETE", "/v1/pages/9/books?numbers=1&numbers=2", "Discard", { page: 9, numbers: [1, 2] }],
    ["DELETE", "/v1/books?page=9", "Discard", { page: 9 }],
    ["GET", "/v1/pages/9/notes?author=a", "Watch", { page: 9, author: "a" }],
    ["GET", "/v1/notes?page=9", "Watch", { page: 9 }],
    ["GET", "/v1/notes", "Watch", {}],
  ])("%s %s", async (method, path, rpc, json) => {
    const answer = await gateway.ask(method, path);
    expect([answer.status, gateway.take()]).toEqual([200, { rpc, json }]);
  });

  test.each([
    ["/v1/years/x/4", "filter.year_from"],
    ["/v1/years/3/4.0", "filter.inner.year_from"],
    ["/v1/years/%20%33/4", "filter.year_from"],
    ["/v1/years/3/%zz", "filter.inner.year_from"],
    ["/v1/years/3/%ff", "filter.inner.year_from"],
  ])("%s is malformed", async (path, parameter) => {
    const answer = await gateway.ask("GET", path);
    expect(answer.json).toMatchObject({ status: 400, reason: "REQUEST_MALFORMED", errors: [{ parameter }] });
  });

  test("goes before what a query or a body says otherwise", async () => {
    const query = await gateway.ask("GET", "/v1/years/3/4?filter.year_from=5");
    expect(query.json).toMatchObject({
      status: 422,
      errors: [{ parameter: "filter.year_from", detail: "is part of the path" }],
    });
    const other = await gateway.ask("DELETE", "/v1/pages/9/books?page=9");
    expect(other.json).toMatchObject({ status: 422, errors: [{ parameter: "page" }] });
    const body = await gateway.ask("POST", "/v1/books/7/publications", { body: { page: 8 } });
    expect(body.json).toMatchObject({ status: 422, errors: [{ pointer: "/page", rule: "field.twice" }] });
    const same = await gateway.ask("POST", "/v1/books/7/publications", { body: { page: 7 } });
    expect(same.status).toBe(200);
  });
});
