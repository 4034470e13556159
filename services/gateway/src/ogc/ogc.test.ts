import type { BlockList } from "node:net";
import type { Message } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";
import { proxyList } from "@tessera/rpc/admission/client-address.ts";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type TestRpc, testContract } from "../testing/contract.ts";
import { type TestGateway, testGateway } from "../testing/gateway.ts";
import { kindsOf } from "./collection.ts";

/** The most that the list gives at once. */
const PAGE_MAX = 2;
const MESSAGES = {
  List: { page_size: "int32 <2", page_token: "string", kind: "Kind =kind", flag: "string =shelf.name" },
  Listed: { books: "repeated Book @ROWS", next: "string @NEXT_PAGE" },
  Get: { book_id: "int32" },
  Pages: { book_id: "int32", page_size: "int32 <2", page_token: "string" },
  Leaves: { leaves: "repeated Leaf @ROWS", next: "string @NEXT_PAGE" },
  GetLeaf: { book_id: "int32", leaf_id: "int32" },
  Leaf: { leaf_id: "int32 @FEATURE_ID", area: "tessera.geo.v1.MultiPolygon" },
  Book: {
    book_id: "int32 @FEATURE_ID",
    title: "string",
    kind: "Kind",
    tags: "repeated string",
    area: "tessera.geo.v1.MultiPolygon",
    shelf: "Shelf",
    lent: "repeated Shelf",
  },
  Shelf: { name: "string", row: "int64", inner: "Shelf" },
};
const LIST: TestRpc = {
  http: { get: "/v1/books" },
  input: "List",
  output: "Listed",
  collection: { id: "books", title: "Books" },
};
const RPCS: Record<string, TestRpc> = {
  // It is declared before the list below whose rows it lies.
  ListLeaves: {
    http: { get: "/v1/books/{book_id}/leaves" },
    input: "Pages",
    output: "Leaves",
    collection: { id: "{book_id}.leaves", each: "books", title: "{title}, leaf by leaf" },
  },
  GetLeaf: { http: { get: "/v1/books/{book_id}/leaves/{leaf_id}" }, input: "GetLeaf", output: "Leaf" },
  List: LIST,
  Get: { http: { get: "/v1/books/{book_id}" }, input: "Get", output: "Book" },
};

const BOOKS = [1, 2, 3, 4, 5].map((bookId) => ({
  bookId,
  title: `Book "${bookId}"`,
  kind: bookId % 2,
  tags: ["a", "b"],
  ...(bookId > 1 && { shelf: { name: "top", row: 7n, inner: { name: "deep" } } }),
  lent: [{ name: "out" }],
}));

/** Requests a minute of one address: none of the other tests sends as many. */
const FEW = { reads: 40, writes: 40, exports: 40 };
let gateway: TestGateway;
let asked: Record<string, unknown>[] = [];

beforeAll(async () => {
  const { service } = testContract(MESSAGES, RPCS);
  const impl = {
    list: (request: Message & { pageSize: number; pageToken: string }) => {
      asked.push(request as never);
      const from = Number(request.pageToken);
      const books = BOOKS.slice(from, from + Math.min(request.pageSize, PAGE_MAX));
      const last = from + books.length;
      return { books, next: last < BOOKS.length ? String(last) : "" };
    },
    get: ({ bookId }: { bookId: number }) => BOOKS[bookId - 1] ?? {},
    listLeaves: ({ bookId }: { bookId: number }) => ({ leaves: [{ leafId: bookId * 10 }] }),
    getLeaf: ({ leafId }: { leafId: number }) => ({ leafId }),
  };
  gateway = await testGateway(
    (router) => router.service(service, impl as unknown as ServiceImpl<typeof service>),
    {
      services: [service],
      corsOrigins: ["https://map.example.org"],
      limits: {
        quotas: { person: FEW, client: FEW, address: FEW },
        trustedProxies: proxyList("127.0.0.1") as BlockList,
      },
    },
  );
});
beforeEach(() => {
  asked = [];
});
afterAll(() => gateway.stop());

const get = (path: string) => gateway.ask("GET", `/ogc${path}`);

test("collections are whatever the contracts declare: a list, and one below each of its rows", async () => {
  const { json } = await get("/collections");
  expect(json.collections.map(({ id, title }: { id: string; title: string }) => [id, title])).toEqual([
    ["books", "Books"],
    ...BOOKS.map(({ bookId, title }) => [`${bookId}.leaves`, `${title}, leaf by leaf`]),
  ]);
  const [leaf] = (await get("/collections/4.leaves/items")).json.features;
  expect(leaf).toMatchObject({ id: 40, geometry: null });
  expect((await get("/collections/4.leaves/items/40")).json).toMatchObject({ id: 40 });
});

test("a page is put together from several of the list, no larger than is asked for", async () => {
  const { json } = await get("/collections/books/items?limit=3");
  expect(json.features.map(({ id }: { id: number }) => id)).toEqual([1, 2, 3]);
  expect(asked.map(({ pageSize, pageToken }) => [pageSize, pageToken])).toEqual([
    [2, ""],
    [1, "2"],
  ]);
  const next = json.links.find(({ rel }: { rel: string }) => rel === "next").href;
  const rest = await gateway.ask("GET", next.slice(gateway.url.length));
  expect(rest.json.features.map(({ id }: { id: number }) => id)).toEqual([4, 5]);
  expect(rest.json.links.map(({ rel }: { rel: string }) => rel)).toEqual(["self", "collection"]);
  expect(rest.json.numberMatched).toBeUndefined();
});

test("what lies within a row is a property of its own, and lists of messages are none", async () => {
  const [one, two] = (await get("/collections/books/items")).json.features;
  expect(one.properties).toEqual({ book_id: 1, title: 'Book "1"', kind: "KIND_NOVEL", tags: ["a", "b"] });
  expect(two.properties).toMatchObject({ "shelf.name": "top", "shelf.row": "7" });
  expect(Object.keys(two.properties)).not.toContain("shelf.inner.name");
});

test("a parameter selects by the property that the contract names", async () => {
  await get("/collections/books/items?kind=atlas&shelf.name=top");
  expect(asked[0]).toMatchObject({ kind: 2, flag: "top" });
  expect((await get("/collections/books/items?flag=top")).status).toBe(400);
});

test("what is declared wrongly is found when the gateway starts", () => {
  const kinds = (messages: object, rpcs: Record<string, TestRpc>) => () =>
    kindsOf([testContract({ ...MESSAGES, ...messages }, { ...RPCS, ...rpcs }).service]);
  const { http: _, ...pathless } = LIST;
  expect(kinds({}, { List: pathless })).toThrow("List is a collection and has no path");
  expect(kinds({}, { List: { ...LIST, input: "Get" } })).toThrow("List is a collection and no list in pages");
  const below = { ...RPCS.ListLeaves, collection: { id: "x", each: "books" } } as TestRpc;
  expect(kinds({}, { ListLeaves: below })).toThrow('ListLeaves is the collection "x" of each of "books"');
  const list = { ...MESSAGES.List, other: "string =nothing" };
  expect(kinds({ List: list }, {})).toThrow('List selects by "nothing", which its rows do not have');
});

test("a page of several calls counts as one request, and beyond the limit it is 429", async () => {
  const headers = { "x-forwarded-for": "192.0.2.7" };
  const ask = () => gateway.ask("GET", "/ogc/collections/books/items?limit=5", { headers });
  const left = async () => Number(/r=(\d+)/.exec(String((await ask()).headers.ratelimit))?.[1]);
  const first = await left();
  expect(asked.length).toBe(3);
  expect(await left()).toBe(first - 1);
  for (let at = first - 1; at > 0; at--) await ask();
  const { status, headers: said, json } = await ask();
  expect([status, json.reason]).toEqual([429, "RATE_LIMITED"]);
  expect(Number(said["retry-after"])).toBeGreaterThan(0);
});

test("pages of allowed origins read it, HEAD has the headers of GET, and a ticket is no parameter", async () => {
  const path = "/ogc/collections/books/items";
  const headers = { origin: "https://map.example.org" };
  const [whole, head] = [
    await gateway.ask("GET", path, { headers }),
    await gateway.ask("HEAD", path, { headers }),
  ];
  expect(whole.headers["access-control-allow-origin"]).toBe("https://map.example.org");
  for (const name of ["etag", "content-type", "content-crs", "access-control-allow-origin"])
    expect(head.headers[name]).toBe(whole.headers[name]);
  expect([head.status, head.text]).toEqual([200, ""]);
  const posted = await gateway.ask("POST", path, { headers, body: {} });
  expect([posted.status, posted.headers.allow]).toEqual([405, "GET, HEAD, OPTIONS"]);
  expect((await gateway.ask("GET", `${path}?ticket=abc`)).json.reason).toBe("REQUEST_MALFORMED");
});
