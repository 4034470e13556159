import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { testContract } from "../testing/contract.ts";
import { type TestGateway, testGateway } from "../testing/gateway.ts";

const SQUARE = [0, 0, 1, 0, 1, 1, 0, 1, 0, 0];
const HOLE = [0.2, 0.2, 0.2, 0.4, 0.4, 0.4, 0.4, 0.2, 0.2, 0.2];
const AREA = { coordinates: SQUARE, ringLengths: [5], polygonLengths: [1] };
const HOLED = { coordinates: [...SQUARE, ...HOLE], ringLengths: [5, 5], polygonLengths: [2] };
const ACROSS_180 = {
  coordinates: [179, 0, 180, 0, 180, 1, 179, 0, -180, 0, -179, 0, -180, 1, -180, 0],
  ringLengths: [4, 4],
  polygonLengths: [1, 1],
};
const HOSTILE = `<&"' \u{1f600} >`;
const ESCAPED = "&lt;&amp;&quot;&apos; \u{1f600} &gt;";

const contract = testContract(
  {
    Search: { page: "int32", fields: "google.protobuf.FieldMask @FIELDS" },
    Books: { books: "repeated Book @ROWS", next: "string @NEXT_PAGE" },
    Streamed: { books: "repeated Book", etag: "string @ETAG" },
    Book: {
      book_id: "int32 @FEATURE_ID #library:book",
      title: "string @TITLE",
      blurb: "string @SUMMARY",
      kind: "Kind #library:kind",
      tags: "repeated string #library:tags",
      area: "tessera.geo.v1.MultiPolygon",
      middle: "tessera.geo.v1.Point @FEATURE_PLACE",
      review: "string",
    },
  },
  {
    List: { http: { get: "/v1/books" }, input: "Search", output: "Books" },
    Stream: {
      http: { get: "/v1/books", response_body: "books" },
      input: "Search",
      output: "Streamed",
      stream: true,
    },
    Page: { http: { get: "/v1/pages" }, input: "Search", output: "Books" },
    Get: { http: { get: "/v1/pages/{page}" }, input: "Search", output: "Book" },
  },
);
const books: object[] = [];
const asked: unknown[] = [];
let gateway: TestGateway;

beforeAll(async () => {
  gateway = await testGateway(
    (router) =>
      router.service(contract.service, {
        list: () => ({ books }),
        page: () => ({ books, next: "more" }),
        get: () => books[0],
        async *stream(request: { fields?: { paths: string[] } }) {
          asked.push(request.fields?.paths);
          yield { books: books.slice(0, 1), etag: "e" };
          yield { books: books.slice(1) };
        },
      } as never),
    { services: [contract.service] },
  );
});
afterAll(() => gateway.stop());

const shelve = (...some: object[]) => books.splice(0, books.length, ...some);
const read = async (path: string) => (await gateway.ask("GET", path)).text;
const lines = async (path: string) => (await read(path)).split("\n").slice(2, -2);

describe("GPX of a document", () => {
  test("is a waypoint inside its area, and its outline as a track", async () => {
    shelve({ bookId: 42, title: HOSTILE, blurb: "A book", kind: 2, area: AREA });
    const { headers, text } = await gateway.ask("GET", "/v1/pages/1", {
      headers: { accept: "application/gpx+xml" },
    });
    expect(headers["content-type"]).toBe("application/gpx+xml");
    const texts = `<name>${ESCAPED}</name><desc>A book</desc>`;
    expect(text.split("\n").slice(2, 4)).toEqual([
      `<wpt lat="0.5000000" lon="0.5000000">${texts}<type>Book</type></wpt>`,
      `<trk>${texts}<number>42</number><type>Book</type><trkseg>` +
        '<trkpt lat="0.0000000" lon="0.0000000"/><trkpt lat="0.0000000" lon="1.0000000"/>' +
        '<trkpt lat="1.0000000" lon="1.0000000"/><trkpt lat="1.0000000" lon="0.0000000"/>' +
        '<trkpt lat="0.0000000" lon="0.0000000"/></trkseg></trk>',
    ]);
  });

  test("has a segment for each ring", async () => {
    shelve({ bookId: 1, area: HOLED });
    expect((await read("/v1/pages/1?f=gpx")).match(/<trkseg>/g)).toHaveLength(2);
    shelve({ bookId: 1, area: ACROSS_180 });
    const text = await read("/v1/pages/1?f=gpx");
    expect(text.match(/<trkseg>/g)).toHaveLength(2);
    // The schema of GPX has no 180.
    expect(text).toContain('lon="179.9999999"');
    expect(text).toContain('lon="-180.0000000"');
  });

  test("is called after its kind and id where nobody named it, and says what its tags say", async () => {
    shelve({ bookId: 42, kind: 1, tags: ["a", "b"], area: AREA });
    expect(await read("/v1/pages/1?f=gpx")).toContain(
      "<name>Book 42</name><desc>book 42, kind novel, tags a;b</desc>",
    );
  });
});

describe("GPX of a list", () => {
  test("has its waypoints before its tracks; what has no area is a waypoint, what has no place is left out", async () => {
    shelve({ bookId: 1, area: AREA }, { bookId: 2, middle: { longitude: 5, latitude: -6.5 } }, { bookId: 3 });
    const kinds = (await lines("/v1/pages?f=gpx")).map((it) => it.slice(0, 4));
    expect(kinds).toEqual(["<wpt", "<wpt", "<trk"]);
    expect(await read("/v1/pages?f=gpx")).toContain(
      '<wpt lat="-6.5000000" lon="5.0000000"><name>Book 2</name>',
    );
  });

  test("that is streamed has tracks alone", async () => {
    shelve({ bookId: 1, area: AREA }, { bookId: 2, middle: { longitude: 5, latitude: 6 } }, { bookId: 3 });
    const kinds = (await lines("/v1/books?f=gpx")).map((it) => it.slice(0, 4));
    expect(kinds).toEqual(["<trk", "<trk"]);
  });
});

describe("OSM XML", () => {
  test("of an area without holes is a closed way, behind its nodes", async () => {
    shelve({ bookId: 42, title: HOSTILE, blurb: "x".repeat(300), kind: 2, review: "no tag", area: AREA });
    const { headers, text } = await gateway.ask("GET", "/v1/pages/1?f=osm");
    expect(headers["content-type"]).toBe("application/vnd.openstreetmap.data+xml");
    expect(text).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<osm version="0.6" generator="Tessera" upload="never">\n' +
        '<node id="-1" lat="0.0000000" lon="0.0000000"/>\n<node id="-2" lat="0.0000000" lon="1.0000000"/>\n' +
        '<node id="-3" lat="1.0000000" lon="1.0000000"/>\n<node id="-4" lat="1.0000000" lon="0.0000000"/>\n' +
        '<way id="-1"><nd ref="-1"/><nd ref="-2"/><nd ref="-3"/><nd ref="-4"/><nd ref="-1"/>' +
        `<tag k="area" v="yes"/><tag k="name" v="${ESCAPED}"/><tag k="description" v="${"x".repeat(254)}…"/>` +
        '<tag k="library:book" v="42"/><tag k="library:kind" v="atlas"/></way>\n</osm>\n',
    );
  });

  test.each([
    ["with a hole", HOLED, ["outer", "inner"]],
    ["on both sides of 180°", ACROSS_180, ["outer", "outer"]],
  ])("of an area %s is a multipolygon, behind its ways", async (_, area, roles) => {
    shelve({ bookId: 1, area });
    const relation = (await lines("/v1/pages/1?f=osm")).at(-1) ?? "";
    expect([...relation.matchAll(/ref="(-\d)" role="(\w+)"/g)].map(([, ref, role]) => [ref, role])).toEqual(
      roles.map((role, index) => [String(-1 - index), role]),
    );
    expect(relation).toMatch(
      /^<relation id="-1">.*<tag k="type" v="multipolygon"\/><tag k="name" v="Book 1"\/>/,
    );
  });

  test("of a ring of more than 2,000 nodes is a multipolygon of ways that OpenStreetMap would take", async () => {
    const round = Array.from({ length: 4_500 }, (_, at) => [Math.cos(at / 720), Math.sin(at / 720)]).flat();
    const coordinates = [...round, ...round.slice(0, 2)];
    shelve({ bookId: 1, area: { coordinates, ringLengths: [4_501], polygonLengths: [1] } });
    const text = await read("/v1/pages/1?f=osm");
    const ways = [...text.matchAll(/<way .*<\/way>/g)].map(([way]) => [...way.matchAll(/ref="(-\d+)"/g)]);
    expect(ways.map(({ length }) => length)).toEqual([2_000, 2_000, 503]);
    expect(ways.map((it) => it.at(-1)?.[1])).toEqual(["-2000", "-3999", "-1"]);
    expect(text.match(/role="outer"/g)).toHaveLength(3);
  });

  test.each(["/v1/pages?f=osm", "/v1/books?f=osm"])(
    "of several has ids of its own at %s, and shares nodes",
    async (path) => {
      const beside = SQUARE.map((it, place) => (place % 2 === 0 ? it + 1 : it));
      shelve(
        { bookId: 1, area: AREA },
        { bookId: 2, area: { ...AREA, coordinates: beside } },
        { bookId: 3, middle: { longitude: 5, latitude: 6 } },
        { bookId: 4 },
      );
      const all = await lines(path);
      expect(all.map((it) => it.slice(1, 5)).join()).toBe("node,node,node,node,way ,node,node,way ,node");
      expect(all[7]).toContain(
        '<way id="-2"><nd ref="-2"/><nd ref="-5"/><nd ref="-6"/><nd ref="-3"/><nd ref="-2"/>',
      );
      expect(all[8]).toContain('<node id="-7" lat="6.0000000" lon="5.0000000"><tag k="name" v="Book 3"/>');
    },
  );
});

test("a streamed list is read with the fields that editors see, and shows the tags that are chosen", async () => {
  shelve({ bookId: 1, kind: 1, tags: ["a"], area: AREA });
  asked.length = 0;
  await read("/v1/books?f=gpx");
  expect(await read("/v1/books?f=osm&fields=kind")).not.toContain("library:tags");
  const always = ["area", "middle", "book_id", "title", "blurb"];
  expect(asked).toEqual([
    [...always, "kind", "tags"],
    [...always, "kind"],
  ]);
});

test("a streamed list as CSV has its line of names once", async () => {
  shelve({ bookId: 1, title: "=1" }, { bookId: 2, kind: 2 });
  const { text, headers } = await gateway.ask("GET", "/v1/books?f=csv&fields=book_id,title,kind");
  expect(headers["content-type"]).toBe("text/csv; charset=utf-8; header=present");
  expect(text).toBe("book_id,title,kind\r\n1,'=1,KIND_UNSPECIFIED\r\n2,,KIND_ATLAS\r\n");
});

test.each(["gpx", "osm"])("%s is no form of a command, nor of what has no area", async (f) => {
  expect((await gateway.ask("GET", `/health/live?f=${f}`)).status).toBe(200);
  expect((await gateway.ask("POST", `/v1/books?f=${f}`)).status).toBe(405);
});
