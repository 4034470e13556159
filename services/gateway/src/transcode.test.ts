import { type Message, toJson } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { testContract } from "./test-contract.ts";
import { type TestGateway, testGateway } from "./test-gateway.ts";

const { service, message } = testContract(
  {
    Search: {
      shelf: "string",
      author: "string",
      filter: "Filter",
      tags: "repeated string",
      kind: "Kind",
      kinds: "repeated Kind",
      since: "google.protobuf.Timestamp",
      note: "google.protobuf.StringValue",
      sold: "bool",
      price: "double",
      code: "bytes",
      count: "int64",
      total: "uint64",
      page: "int32",
      left: "string |side",
      right: "string |side",
      extra: "google.protobuf.Struct",
      area: "tessera.geo.v1.MultiPolygon",
      filters: "repeated Filter",
      numbers: "repeated int32",
      any: "google.protobuf.Value",
    },
    Filter: { year_from: "int32", inner: "Filter", area: "tessera.geo.v1.MultiPolygon" },
    Update: { book: "Book", update_mask: "google.protobuf.FieldMask", expected: "int64 @EXPECTED_REVISION" },
    Cover: { book_id: "int32", cover: "Book", dry_run: "bool" },
    Book: {
      book_id: "int32",
      name: "string",
      tags: "repeated string",
      area: "tessera.geo.v1.MultiPolygon",
      kind: "Kind",
      filter: "Filter",
    },
  },
  {
    Search: {
      http: { get: "/v1/books", additionalBindings: [{ get: "/v1/{shelf=shelves/*}/books" }] },
      input: "Search",
      output: "Book",
    },
    Create: { http: { post: "/v1/books", body: "*" }, input: "Search", output: "Book" },
    Publish: { http: { post: "/v1/books/{page}:publish", body: "*" }, input: "Search", output: "Book" },
    Update: { http: { patch: "/v1/books/{book.book_id}", body: "book" }, input: "Update", output: "Book" },
    Cover: { http: { put: "/v1/books/{book_id}/cover", body: "cover" }, input: "Cover", output: "Book" },
    Nested: {
      http: { get: "/v1/years/{filter.year_from}/{filter.inner.year_from}" },
      input: "Search",
      output: "Book",
    },
    Purge: { http: { custom: { kind: "purge", path: "/v1/books/{page}" } }, input: "Search", output: "Book" },
    Any: { http: { custom: { kind: "*", path: "/v1/any/{page}" } }, input: "Search", output: "Book" },
  },
);

let gateway: TestGateway;
let received: { rpc: string; json: unknown } | undefined;

beforeAll(async () => {
  const handlers = service.methods.map((rpc) => [
    rpc.localName,
    (request: Message) => {
      received = { rpc: rpc.name, json: toJson(rpc.input, request, { useProtoFieldName: true }) };
      return {};
    },
  ]);
  gateway = await testGateway(
    (router) => router.service(service, Object.fromEntries(handlers) as ServiceImpl<typeof service>),
    {
      services: [service],
    },
  );
});
afterAll(() => gateway.stop());
beforeEach(() => {
  received = undefined;
});

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
    ["note=", { note: "" }],
    ["sold=true&price=-1.5e3&code=aGk%3D", { sold: true, price: -1500, code: "aGk=" }],
    [
      "count=-9007199254740993&total=18446744073709551615",
      { count: "-9007199254740993", total: "18446744073709551615" },
    ],
    ["left=x", { left: "x" }],
    ["&&page=7&", { page: 7 }],
  ])("%s is read", async (query, json) => {
    const answer = await gateway.ask("GET", `/v1/books?${query}`);
    expect([answer.status, received]).toEqual([200, { rpc: "Search", json }]);
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
    ["page=2147483648", "page", "field.type"],
    ["count=9223372036854775808", "count", "field.type"],
    ["total=-1", "total", "field.type"],
    ["sold=1", "sold", "field.type"],
    ["sold=TRUE", "sold", "field.type"],
    ["price=1,5", "price", "field.type"],
    ["kind=1", "kind", "field.type"],
    ["kind=novel", "kind", "field.type"],
    ["since=yesterday", "since", "field.type"],
    ["code=%25", "code", "field.type"],
  ])("%s is refused by name", async (query, parameter, rule) => {
    const answer = await gateway.ask("GET", `/v1/books?${query}`);
    expect(answer.status).toBe(422);
    expect(answer.json).toMatchObject({ reason: "FIELD_UNREADABLE", errors: [{ parameter, rule }] });
    expect(received).toBeUndefined();
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
    expect(received?.json).toEqual({ book_id: 7, dry_run: true, cover: { name: "n" } });
  });
});

describe("a path", () => {
  test.each([
    ["GET", "/v1/shelves/s%20%2F1/books?author=a", "Search", { shelf: "shelves/s %2F1", author: "a" }],
    ["POST", "/v1/books/7:publish", "Publish", { page: 7 }],
    ["GET", "/v1/years/3/4", "Nested", { filter: { year_from: 3, inner: { year_from: 4 } } }],
    ["PURGE", "/v1/books/8", "Purge", { page: 8 }],
    ["DELETE", "/v1/any/9", "Any", { page: 9 }],
  ])("%s %s", async (method, path, rpc, json) => {
    const answer = await gateway.ask(method, path);
    expect([answer.status, received]).toEqual([200, { rpc, json }]);
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
    const body = await gateway.ask("POST", "/v1/books/7:publish", { body: { page: 8 } });
    expect(body.json).toMatchObject({ status: 422, errors: [{ pointer: "/page", rule: "field.twice" }] });
    const same = await gateway.ask("POST", "/v1/books/7:publish", { body: { page: 7 } });
    expect(same.status).toBe(200);
  });
});

const SQUARE = {
  type: "Polygon",
  coordinates: [
    [
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 0],
    ],
  ],
};
const PACKED = { coordinates: [0, 0, 1, 0, 1, 1, 0, 0], ring_lengths: [4], polygon_lengths: [1] };

describe("a body", () => {
  test.each([
    [{}, {}],
    [{ yearFrom: undefined }, {}],
    [
      { filter: { yearFrom: 1, inner: { year_from: 2 } } },
      { filter: { year_from: 1, inner: { year_from: 2 } } },
    ],
    [
      { count: 5, total: "6", page: "7" },
      { count: "5", total: "6", page: 7 },
    ],
    [{ author: null, tags: null, filter: null, since: null }, {}],
    [
      { kind: 2, kinds: ["KIND_NOVEL"] },
      { kind: "KIND_ATLAS", kinds: ["KIND_NOVEL"] },
    ],
    [{ area: SQUARE }, { area: PACKED }],
    [{ area: { type: "Feature", properties: {}, geometry: SQUARE } }, { area: PACKED }],
    [{ filters: [{ area: SQUARE }, {}] }, { filters: [{ area: PACKED }, {}] }],
    [
      { extra: { a: [1, null] }, any: null },
      { extra: { a: [1, null] }, any: null },
    ],
    [{ right: "r" }, { right: "r" }],
  ])("%j is read", async (body, json) => {
    const answer = await gateway.ask("POST", "/v1/books", { body });
    expect([answer.status, received?.json]).toEqual([200, json]);
  });

  test.each([
    [[], ""],
    ["null", ""],
    ['"text"', ""],
    [{ unknown: 1 }, "/unknown"],
    [{ "a/b~c": 1 }, "/a~1b~0c"],
    ['{"__proto__":{}}', "/__proto__"],
    [{ filter: { inner: { nothing: 1 } } }, "/filter/inner/nothing"],
    [{ filter: [] }, "/filter"],
    [{ filters: {} }, "/filters"],
    [{ filters: [{}, 1] }, "/filters/1"],
    [{ tags: "a" }, "/tags"],
    [{ tags: ["a", 2] }, "/tags/1"],
    [{ numbers: [1, 2, 2.5] }, "/numbers/2"],
    [{ kinds: ["KIND_NOVEL", 9] }, "/kinds/1"],
    [{ kind: 9 }, "/kind"],
    [{ page: 1.5 }, "/page"],
    [{ page: true }, "/page"],
    [{ page: 2 ** 31 }, "/page"],
    ['{"count":9007199254740993}', "/count"],
    [{ count: "1e3" }, "/count"],
    [{ author: "\ud800" }, "/author"],
    [{ author: 5 }, "/author"],
    [{ since: "yesterday" }, "/since"],
    [{ left: "a", right: "b" }, "/right"],
    [{ filter: { year_from: 1, yearFrom: 1 } }, "/filter/yearFrom"],
    [{ area: null, filter: { area: { type: "Point" } } }, "/filter/area/type"],
    [
      {
        area: {
          type: "Polygon",
          coordinates: [
            [
              [0, 0],
              [1, 0],
              [1, "1"],
              [0, 0],
            ],
          ],
        },
      },
      "/area/coordinates/0/2",
    ],
  ])("%j is refused at %s", async (body, pointer) => {
    const answer = await gateway.ask("POST", "/v1/books", {
      body,
      headers: { "content-type": "application/json" },
    });
    expect(answer.json).toMatchObject({ status: 422, reason: "FIELD_UNREADABLE", errors: [{ pointer }] });
    expect(received).toBeUndefined();
  });

  test("has all its faults named, 20 at most", async () => {
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`x${at}`, at]));
    const answer = await gateway.ask("POST", "/v1/books?y=1", { body: { page: "x", ...many } });
    expect(answer.json.errors).toHaveLength(20);
  });

  test.each([
    ["text/plain", {}],
    ["application/x-www-form-urlencoded", {}],
    ["application/json; charset=latin1", {}],
    ["application/json", { "content-encoding": "gzip" }],
    ["application/merge-patch+json", {}],
    ["", {}],
  ])("of type %s %j is not taken", async (type, headers) => {
    const answer = await gateway.ask("POST", "/v1/books", {
      body: "{}",
      headers: { "content-type": type, ...headers },
    });
    expect(answer.json).toMatchObject({ status: 415, metadata: { accepted: "application/json" } });
  });

  test("may say that it is UTF-8, and may be missing", async () => {
    const said = await gateway.ask("POST", "/v1/books", {
      body: "{}",
      headers: { "content-type": 'Application/JSON; Charset="UTF-8"' },
    });
    const none = await gateway.ask("POST", "/v1/books");
    expect([said.status, none.status]).toEqual([200, 200]);
  });

  test("is refused where none is taken", async () => {
    const answer = await gateway.ask("GET", "/v1/books", { body: { author: "a" } });
    expect(answer.json).toMatchObject({ status: 422, errors: [{ pointer: "", rule: "body.unknown" }] });
  });
});

describe("a merge patch", () => {
  const headers = { "if-match": '"7"', "content-type": "application/merge-patch+json" };

  test("fills message and mask", async () => {
    const body = { name: "n", tags: null, area: SQUARE, filter: { yearFrom: 1 }, book_id: 5 };
    await gateway.ask("PATCH", "/v1/books/5", { body, headers });
    expect(received?.json).toEqual({
      book: { book_id: 5, name: "n", area: PACKED, filter: { year_from: 1 } },
      update_mask: "name,tags,area,filter.yearFrom",
      expected: "7",
    });
  });

  test("is taken as plain JSON too, and nothing else", async () => {
    const json = await gateway.ask("PATCH", "/v1/books/5", { body: {}, headers: { "if-match": '"7"' } });
    const other = await gateway.ask("PATCH", "/v1/books/5", {
      body: "{}",
      headers: { "content-type": "text/plain" },
    });
    expect([json.status, other.status]).toEqual([200, 415]);
    expect(other.headers["accept-patch"]).toBe("application/merge-patch+json, application/json");
  });

  test("may not be null, nor be given a mask, nor contradict the path", async () => {
    const nothing = await gateway.ask("PATCH", "/v1/books/5", { body: "null", headers });
    const mask = await gateway.ask("PATCH", "/v1/books/5?update_mask=name", { body: {}, headers });
    const other = await gateway.ask("PATCH", "/v1/books/5", { body: { bookId: 0 }, headers });
    expect(nothing.json).toMatchObject({ status: 422, errors: [{ pointer: "" }] });
    expect(mask.json).toMatchObject({ status: 422, errors: [{ parameter: "update_mask" }] });
    expect(other.json).toMatchObject({
      status: 422,
      errors: [{ pointer: "/bookId", detail: "differs from the path" }],
    });
  });

  test.each(["7", 'W/"7"', "*", '"7", "8"', '"x"', '"07"', '"-1"', '"9223372036854775808"', '"7-"'])(
    "made from %s is malformed",
    async (ifMatch) => {
      const answer = await gateway.ask("PATCH", "/v1/books/5", {
        body: {},
        headers: { "if-match": ifMatch },
      });
      expect(answer.json).toMatchObject({
        status: 400,
        reason: "REQUEST_MALFORMED",
        errors: [{ header: "If-Match" }],
      });
    },
  );

  test("made from no revision is refused, after all else", async () => {
    const answer = await gateway.ask("PATCH", "/v1/books/5", { body: {} });
    const worse = await gateway.ask("PATCH", "/v1/books/5", { body: { x: 1 } });
    expect([answer.json.reason, worse.json.reason]).toEqual(["PRECONDITION_REQUIRED", "FIELD_UNREADABLE"]);
    expect(answer.status).toBe(428);
  });

  test("may name the revision as another media type showed it", async () => {
    await gateway.ask("PATCH", "/v1/books/5", { body: {}, headers: { "if-match": '"12-geojson"' } });
    expect(received?.json).toMatchObject({ expected: "12" });
  });
});

test("the contract's messages are those that the test wrote", () => {
  expect(message("Book").fields.map((it) => it.name)).toContain("book_id");
});
