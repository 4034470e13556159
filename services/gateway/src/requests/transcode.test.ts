import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type BookGateway, bookGateway } from "../testing/books.ts";

let gateway: BookGateway;
beforeAll(async () => {
  gateway = await bookGateway();
});
beforeEach(() => void gateway.take());
afterAll(() => gateway.stop());

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
const feature = (geometry: unknown) => ({ type: "Feature", properties: { n: 1 }, geometry });
const features = (...of: unknown[]) => ({ type: "FeatureCollection", features: of });
const geometries = (...of: unknown[]) => ({ type: "GeometryCollection", geometries: of });
const BROKEN = {
  type: "Polygon",
  coordinates: [
    [
      [0, 0],
      [1, 0],
      [1, "1"],
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
    [{ areas: [SQUARE, feature(SQUARE), features(feature(SQUARE))] }, { areas: [PACKED, PACKED, PACKED] }],
    [{ areas: features(feature(SQUARE), feature(SQUARE)) }, { areas: [PACKED, PACKED] }],
    [{ areas: geometries(SQUARE, SQUARE) }, { areas: [PACKED, PACKED] }],
    [{ areas: features() }, {}],
    [
      { area: features(feature(SQUARE), feature(SQUARE)) },
      {
        area: {
          coordinates: [...PACKED.coordinates, ...PACKED.coordinates],
          ring_lengths: [4, 4],
          polygon_lengths: [1, 1],
        },
      },
    ],
    [{ filters: [{ area: SQUARE }, {}] }, { filters: [{ area: PACKED }, {}] }],
    [
      { extra: { a: [1, null] }, any: null },
      { extra: { a: [1, null] }, any: null },
    ],
    [{ right: "r" }, { right: "r" }],
  ])("%j is read", async (body, json) => {
    const answer = await gateway.ask("POST", "/v1/books", { body });
    expect([answer.status, gateway.take()?.json]).toEqual([200, json]);
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
    [{ since: "2027-02-30T00:00:00Z" }, "/since"],
    [{ since: "2027-02-28T24:00:00Z" }, "/since"],
    [{ since: 1 }, "/since"],
    [{ left: "a", right: "b" }, "/right"],
    [{ filter: { year_from: 1, yearFrom: 1 } }, "/filter/yearFrom"],
    [{ area: null, filter: { area: { type: "Point" } } }, "/filter/area/type"],
    [{ area: BROKEN }, "/area/coordinates/0/2"],
    [{ areas: [SQUARE, BROKEN] }, "/areas/1/coordinates/0/2"],
    [
      { areas: features(feature(SQUARE), feature(SQUARE), feature(SQUARE), feature(BROKEN)) },
      "/areas/features/3/geometry/coordinates/0/2",
    ],
    [{ areas: geometries(SQUARE, BROKEN) }, "/areas/geometries/1/coordinates/0/2"],
    [{ areas: features(feature(null)) }, "/areas/features/0/geometry"],
    [{ areas: features(SQUARE) }, "/areas/features/0/type"],
    [{ areas: features(feature(SQUARE), features()) }, "/areas/features/1/type"],
    [{ areas: geometries(feature(SQUARE)) }, "/areas/geometries/0/type"],
    [{ areas: features(7) }, "/areas/features/0"],
    [{ areas: { type: "FeatureCollection" } }, "/areas/features"],
    [{ areas: { ...features(), crs: { properties: { name: "EPSG:3857" } } } }, "/areas/crs"],
    [{ areas: SQUARE }, "/areas"],
    [{ areas: {} }, "/areas"],
    [{ areas: "x" }, "/areas"],
  ])("%j is refused at %s", async (body, pointer) => {
    const answer = await gateway.ask("POST", "/v1/books", {
      body,
      headers: { "content-type": "application/json" },
    });
    expect(answer.json).toMatchObject({ status: 422, reason: "FIELD_UNREADABLE", errors: [{ pointer }] });
    expect(gateway.take()).toBeUndefined();
  });

  test("with a collection of areas has the fault of each member named", async () => {
    const areas = features(feature(BROKEN), feature(SQUARE), feature(null));
    const { json } = await gateway.ask("POST", "/v1/books", { body: { areas } });
    expect(json.errors).toMatchObject([
      { pointer: "/areas/features/0/geometry/coordinates/0/2" },
      { pointer: "/areas/features/2/geometry" },
    ]);
  });

  test("with a list of nothing but faults is refused at once", async () => {
    const body = { areas: new Array(10_000).fill(1) };
    const { json } = await gateway.ask("POST", "/v1/books", { body });
    expect([json.errors.length, json.errors[19].pointer]).toEqual([20, "/areas/19"]);
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
    ["application/merge-patch+json", {}],
    ["", {}],
  ])("of type %s %j is not taken", async (type, headers) => {
    const answer = await gateway.ask("POST", "/v1/books", {
      body: "{}",
      headers: { "content-type": type, ...headers },
    });
    expect(answer.json).toMatchObject({ status: 415, metadata: { accepted: "application/json" } });
  });

  test.each(["gzip", "deflate", "br"] as const)(
    "may be compressed (%s), within the same limit",
    async (coding) => {
      const encode = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync }[coding];
      const headers = { "content-type": "application/json", "content-encoding": coding };
      const post = (text: string) => gateway.ask("POST", "/v1/books", { body: encode(text), headers });
      await post('{"author":"n"}');
      expect(gateway.take()?.json).toMatchObject({ author: "n" });
      const bomb = await post(`{"author":"${"x".repeat(8 * 1024 * 1024)}"}`);
      expect([bomb.status, bomb.json.reason]).toEqual([413, "BODY_TOO_LARGE"]);
      const broken = await gateway.ask("POST", "/v1/books", { body: "{}", headers });
      expect([broken.status, broken.json.errors[0].rule]).toEqual([400, "body.coding"]);
    },
  );

  test("that says nothing is taken where a route takes none", async () => {
    const put = (body: string) =>
      gateway.ask("DELETE", "/v1/books", { body, headers: { "content-type": "application/json" } });
    expect([(await put("{}")).status, (await put(" { }\n")).status]).toEqual([200, 200]);
    expect((await put('{"author":"n"}')).json).toMatchObject({
      status: 422,
      errors: [{ rule: "body.unknown" }],
    });
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
    expect(gateway.take()?.json).toEqual({
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

  test.each(['"7"', 'W/"7"', '"7-geojson"', 'W/"7-geojson"', '"7-gzip"', '"7-geojson-gzip"', '"7;br"'])(
    "made from %s is made from revision 7: a proxy that compresses changes tags",
    async (ifMatch) => {
      await gateway.ask("PATCH", "/v1/books/5", { body: {}, headers: { "if-match": ifMatch } });
      expect(gateway.take()?.json).toMatchObject({ expected: "7" });
    },
  );

  test.each(["7", "*", '"7", "8"', '"x"', '"07"', '"-1"', '"9223372036854775808"', '"7-"'])(
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
    expect(gateway.take()?.json).toMatchObject({ expected: "12" });
  });
});
