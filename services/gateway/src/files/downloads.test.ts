import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { testContract } from "../testing/contract.ts";
import { type TestGateway, testGateway } from "../testing/gateway.ts";

const AREA = { coordinates: [0, 0, 1, 0, 1, 1, 0, 0], ringLengths: [4], polygonLengths: [1] };
const contract = testContract(
  {
    Search: { shelf: "string", known: "string @KNOWN_ETAG" },
    Streamed: { books: "repeated Book", etag: "string @ETAG", unchanged: "bool @UNCHANGED" },
    Books: { books: "repeated Book @ROWS", etag: "string @ETAG", unchanged: "bool @UNCHANGED" },
    Book: { book_id: "int32 @FEATURE_ID", title: "string", area: "tessera.geo.v1.MultiPolygon" },
    Loan: { loan_id: "int32", revision: "int64 @REVISION" },
    Shelf: { shelf_id: "int32" },
  },
  {
    List: { http: { get: "/v1/books" }, input: "Search", output: "Books" },
    Stream: {
      http: { get: "/v1/books", response_body: "books" },
      input: "Search",
      output: "Streamed",
      stream: true,
    },
    Loan: { http: { get: "/v1/loan" }, input: "Search", output: "Loan" },
    Shelf: { http: { get: "/v1/shelf" }, input: "Search", output: "Shelf" },
  },
);
/** What the service has, and what happens to it while it is read. */
const state = { version: 1, reads: 0, meanwhile: () => {} };
const rows = (from: number) =>
  Array.from({ length: 300 }, (_, at) => ({ bookId: from + at, title: `v${state.version}`, area: AREA }));

function gatewayWith(spooledBytes?: number) {
  return testGateway(
    (router) =>
      router.service(contract.service, {
        list: () => ({ books: rows(1), etag: `v${state.version}` }),
        async *stream({ known }: { known: string }): AsyncGenerator<object> {
          const etag = `v${state.version}`;
          if (known === etag) return yield { etag, unchanged: true };
          state.reads += 1;
          yield { books: rows(1), etag };
          state.meanwhile();
          yield { books: rows(301) };
        },
        loan: () => ({ loanId: 1, revision: 7n }),
        shelf: () => ({ shelfId: 1 }),
      } as never),
    { services: [contract.service], ...(spooledBytes !== undefined && { spooledBytes }) },
  );
}

let gateway: TestGateway;
let diskless: TestGateway;
beforeAll(async () => {
  [gateway, diskless] = await Promise.all([gatewayWith(), gatewayWith(0)]);
});
afterAll(() => Promise.all([gateway.stop(), diskless.stop()]));
beforeEach(() => {
  state.version += 1;
  state.reads = 0;
  state.meanwhile = () => {};
});

const get = (path: string, headers: Record<string, string> = {}, from = gateway) =>
  from.ask("GET", path, { headers });

describe.each(["geojson", "csv", "ndjson", "gpx", "osm"])("a download of %s", (form) => {
  test("that was interrupted is resumed to the same bytes", async () => {
    const path = `/v1/books?f=${form}`;
    const whole = await get(path, {}, diskless);
    expect(whole.headers).toMatchObject({
      "accept-ranges": "bytes",
      etag: `"v${state.version}-${form}"`,
      "content-disposition": `attachment; filename=books.${form}`,
    });
    const { length } = whole.text;
    const ifRange = { "if-range": whole.headers.etag as string };
    const parts = [];
    for (const [start, end] of [
      [0, 99],
      [100, 4_000],
      [4_001, ""],
    ]) {
      const { status, headers, text } = await get(path, { range: `bytes=${start}-${end}`, ...ifRange });
      expect(status).toBe(206);
      expect(headers["content-range"]).toBe(`bytes ${start}-${end === "" ? length - 1 : end}/${length}`);
      expect(headers["content-length"]).toBe(String(text.length));
      expect(headers["content-disposition"]).toBe(whole.headers["content-disposition"]);
      parts.push(text);
    }
    expect(parts.join("")).toBe(whole.text);
    // Once for the gateway without a disk, once for the file.
    expect(state.reads).toBe(2);
  });
});

describe("a list in a file", () => {
  const path = "/v1/books?f=ndjson&shelf=files";
  const lengthen = async () =>
    (await get(path, { range: "bytes=0-9" })).headers["content-range"]?.split("/")[1];

  test("says its length, as a whole too, and to HEAD", async () => {
    const length = await lengthen();
    const whole = await get(path);
    expect(whole).toMatchObject({ status: 200, headers: { "content-length": length } });
    expect(whole.text.split("\n")).toHaveLength(601);
    const head = await gateway.ask("HEAD", path);
    expect(head.headers).toMatchObject({ "content-length": length, "accept-ranges": "bytes" });
    expect(state.reads).toBe(1);
  });

  test("is compressed as a whole, never in parts", async () => {
    await lengthen();
    const coded = { "accept-encoding": "gzip" };
    expect((await get(path, coded)).headers).toMatchObject({ "content-encoding": "gzip" });
    expect((await get(path, { ...coded, range: "bytes=0-99" })).headers).not.toHaveProperty(
      "content-encoding",
    );
  });

  test("has no part behind its end", async () => {
    const length = await lengthen();
    const { status, headers, text } = await get(path, { range: `bytes=${length}-` });
    expect([status, headers["content-range"], text]).toEqual([416, `bytes */${length}`, ""]);
  });

  test("is 304 to a client that has it", async () => {
    await lengthen();
    const etag = (await gateway.ask("HEAD", path)).headers.etag as string;
    expect((await get(path, { "if-none-match": etag, range: "bytes=0-9" })).status).toBe(304);
  });

  test("is written once for clients that ask at the same time", async () => {
    const all = await Promise.all([1, 2, 3, 4].map((at) => get(path, { range: `bytes=${at}-${at}` })));
    expect(all.map(({ status }) => status)).toEqual([206, 206, 206, 206]);
    const whole = await get(path, {}, diskless);
    expect(all.map(({ text }) => text).join("")).toBe(whole.text.slice(1, 5));
  });

  test("that changed is sent whole, under its new tag", async () => {
    await lengthen();
    const before = `"v${state.version}-ndjson"`;
    state.version += 1;
    const { status, headers, text } = await get(path, { range: "bytes=10-", "if-range": before });
    expect([status, headers.etag]).toEqual([200, `"v${state.version}-ndjson"`]);
    expect(text).toContain(`"title":"v${state.version}"`);
  });

  test("that changes while it is written is sent whole", async () => {
    state.meanwhile = () => {
      state.version += 1;
      state.meanwhile = () => {};
    };
    const { status, text } = await get(path, { range: "bytes=10-" });
    expect(status).toBe(200);
    expect(text.split("\n")).toHaveLength(601);
    expect((await get(path, { range: "bytes=10-19" })).status).toBe(206);
  });
});

test("several ranges are answered by the whole, and so is any where no file may be written", async () => {
  const path = "/v1/books?f=osm&shelf=whole";
  expect((await get(path, { range: "bytes=0-1,4-5" })).status).toBe(200);
  const { status, text } = await get(path, { range: "bytes=4-" }, diskless);
  expect(status).toBe(200);
  expect(text).toBe((await get(path)).text);
});

test("a list that is kept in memory has parts too, and needs no file", async () => {
  const path = "/v1/books?f=csv&shelf=memory";
  const whole = await get(path);
  const { status, text } = await get(path, { range: "bytes=-20" });
  expect([status, text]).toEqual([206, whole.text.slice(-20)]);
  expect(state.reads).toBe(1);
});

test("a page of a list and a document that is known by its bytes have parts", async () => {
  for (const path of ["/v1/books", "/v1/shelf"]) {
    const whole = await get(path);
    expect(whole.headers["accept-ranges"]).toBe("bytes");
    const { status, text } = await get(path, {
      range: "bytes=2-5",
      "if-range": whole.headers.etag as string,
    });
    expect([status, text]).toEqual([206, whole.text.slice(2, 6)]);
  }
});

test("a document that is known by its revision has none: its bytes may change without it", async () => {
  const { status, headers } = await get("/v1/loan", { range: "bytes=2-5" });
  expect(status).toBe(200);
  expect(headers).not.toHaveProperty("accept-ranges");
});

test("what is asked for by Accept is no attachment, so that pages of the same origin can show it", async () => {
  const { headers } = await get("/v1/books", { accept: "application/geo+json" });
  expect(headers).not.toHaveProperty("content-disposition");
});
