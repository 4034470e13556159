import { Code, ConnectError } from "@connectrpc/connect";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { testContract } from "../testing/contract.ts";
import { type TestGateway, testGateway } from "../testing/gateway.ts";
import { INCLUDED_MAX } from "./included.ts";

const contract = testContract(
  {
    Get: { loan_id: "int32" },
    Search: { page_token: "string" },
    Ids: { ids: "repeated int64 @IDS" },
    Readers: { readers: "repeated Reader @ROWS", missing_ids: "repeated int64" },
    Reader: { reader_id: "int64", name: "string" },
    Shops: { shops: "repeated Shop @ROWS" },
    Shop: { shop_id: "int64", name: "string" },
    Loans: { loans: "repeated Loan @ROWS", next: "string @NEXT_PAGE", etag: "string @ETAG" },
    Found: { loan: "Loan" },
    Visit: { reader_id: "int64 >readers", shop_id: "int64 >shops" },
    Loan: {
      loan_id: "int32 @FEATURE_ID",
      reader_id: "int64 >readers",
      waiting_ids: "repeated int64 >readers",
      visit: "Visit",
      place: "tessera.geo.v1.Point @FEATURE_PLACE",
      revision: "int64 @REVISION",
    },
    Lend: { request_id: "string @REQUEST_ID", loan_id: "int32" },
    Lent: { acknowledgement: "tessera.rpc.v1.Acknowledgement", shop_id: "int64 >shops" },
  },
  {
    Get: { http: { get: "/v1/loans/{loan_id}", response_body: "loan" }, input: "Get", output: "Found" },
    List: { http: { get: "/v1/loans" }, input: "Search", output: "Loans" },
    Stream: {
      http: { get: "/v1/streams", response_body: "loans" },
      input: "Search",
      output: "Loans",
      stream: true,
    },
    Lend: { http: { put: "/v1/loans/{loan_id}", body: "*" }, input: "Lend", output: "Lent" },
    BatchReaders: { http: { get: "/v1/readers" }, input: "Ids", output: "Readers", resolves: "readers" },
    BatchShops: { http: { get: "/v1/shops" }, input: "Ids", output: "Shops", resolves: "shops" },
  },
);
const loans: object[] = [];
const calls: { kind: string; ids: bigint[]; authorization: string | null }[] = [];
let name = "Ann";
let failure: Code | undefined;
let gateway: TestGateway;

/** Answers for whatever is asked for, but for 13, whom nobody sees. */
function resolved(kind: string, { ids }: { ids: bigint[] }, header: Headers) {
  calls.push({ kind, ids, authorization: header.get("authorization") });
  if (failure !== undefined) throw new ConnectError("no", failure);
  return ids.filter((id) => id !== 13n).map((id) => ({ [`${kind}Id`]: id, name }));
}

beforeAll(async () => {
  gateway = await testGateway(
    (router) =>
      router.service(contract.service, {
        get: () => ({ loan: loans[0] }),
        list: () => ({ loans }),
        async *stream() {
          yield { loans, etag: "t" };
        },
        lend: () => ({ acknowledgement: { requestId: "x", name: "loans/1", revision: 7n }, shopId: 5n }),
        batchReaders: (request: never, { requestHeader }: { requestHeader: Headers }) => ({
          readers: resolved("reader", request, requestHeader),
        }),
        batchShops: (request: never, { requestHeader }: { requestHeader: Headers }) => ({
          shops: resolved("shop", request, requestHeader),
        }),
      } as never),
    { services: [contract.service] },
  );
});
afterAll(() => gateway.stop());
beforeEach(() => {
  const visit = { readerId: 3n, shopId: 5n };
  const first = { loanId: 1, readerId: 2n, waitingIds: [3n, 2n, 13n], visit, revision: 7n };
  loans.splice(0, loans.length, first, { loanId: 2, readerId: 4n, place: { longitude: 1, latitude: 2 } });
  calls.length = 0;
  name = "Ann";
  failure = undefined;
});
const ask = (path: string, headers = {}) => gateway.ask("GET", path, { headers });
const readers = (...ids: number[]) => ids.map((id) => ({ reader_id: String(id), name }));

describe("what a document mentions", () => {
  test("comes with it, once each, from one call for each kind, in the caller's name", async () => {
    const { json } = await ask("/v1/loans/1?include=readers,shops", { authorization: "Bearer t" });
    expect(json).toMatchObject({ loan_id: 1, reader_id: "2" });
    expect(json.included).toEqual({ readers: readers(2, 3), shops: [{ shop_id: "5", name }] });
    expect(calls).toEqual([
      { kind: "reader", ids: [2n, 3n, 13n], authorization: "Bearer t" },
      { kind: "shop", ids: [5n], authorization: "Bearer t" },
    ]);
  });

  test("comes in a list, and in a collection of Features", async () => {
    const list = await ask("/v1/loans?include=readers&include=shops");
    expect(list.json.included).toMatchObject({ readers: readers(2, 3, 4) });
    expect(list.json.loans).toHaveLength(2);
    const collection = await ask("/v1/loans?include=readers&f=geojson");
    expect(collection.json).toMatchObject({
      type: "FeatureCollection",
      included: { readers: readers(2, 3, 4) },
    });
    const streamed = await ask("/v1/streams?include=readers&f=geojson");
    expect(streamed.json).toMatchObject({
      type: "FeatureCollection",
      included: { readers: readers(2, 3, 4) },
    });
    expect(streamed.json.features).toHaveLength(2);
    expect(streamed.headers).not.toHaveProperty("etag");
  });

  test("comes only on request, and a document that mentions nobody costs no call", async () => {
    expect((await ask("/v1/loans/1")).json).not.toHaveProperty("included");
    loans.splice(0, loans.length, {});
    expect((await ask("/v1/loans/1?include=readers")).json.included).toEqual({ readers: [] });
    expect(calls).toEqual([]);
  });

  test("comes with what a command answers", async () => {
    const options = { headers: { authorization: "Bearer t" }, body: {} };
    const { json, headers } = await gateway.ask("PUT", "/v1/loans/1?include=shops,readers", options);
    expect(json).toMatchObject({
      loan_id: 1,
      included: { readers: readers(2, 3), shops: [{ shop_id: "5" }] },
    });
    expect(headers.etag).toBe('"7"');
    const minimal = { ...options, headers: { ...options.headers, prefer: "return=minimal" } };
    const said = await gateway.ask("PUT", "/v1/loans/1?include=shops", minimal);
    expect(said.json).toEqual({ shop_id: "5", included: { shops: [{ shop_id: "5", name }] } });
  });

  test("does not fail a command that took effect", async () => {
    failure = Code.Unavailable;
    const { status, json } = await gateway.ask("PUT", "/v1/loans/1?include=shops", { body: {} });
    expect([status, json.loan_id]).toEqual([200, 1]);
    expect(json).not.toHaveProperty("included");
  });
});

describe("what the caller may not see", () => {
  test.each([Code.PermissionDenied, Code.Unauthenticated])("is left out: %i", async (code) => {
    failure = code;
    const { status, json } = await ask("/v1/loans/1?include=readers");
    expect([status, json.included]).toEqual([200, { readers: [] }]);
  });

  test("differs from what cannot be read now, which fails the answer", async () => {
    failure = Code.Unavailable;
    expect((await ask("/v1/loans/1?include=readers")).status).toBe(503);
  });
});

describe("the tag of a document", () => {
  test.each(["/v1/loans/1", "/v1/loans"])("of %s is another where what is included differs", async (path) => {
    const { headers } = await ask(`${path}?include=readers`);
    const known = { "if-none-match": headers.etag as string };
    expect(headers.etag).not.toBe((await ask(path)).headers.etag);
    expect((await ask(`${path}?include=readers`, known)).status).toBe(304);
    name = "Bea";
    const next = await ask(`${path}?include=readers`, known);
    expect([next.status, next.json.included.readers[0].name]).toEqual([200, "Bea"]);
    expect((await ask(path, known)).status).toBe(200);
  });
});

describe("the parameter", () => {
  test.each([
    ["reader", '"reader" is nothing that this answer can include: do you mean "readers"?'],
    ["", '"" is nothing that this answer can include: it is one of readers, shops'],
  ])("%j is refused with what there is", async (kind, detail) => {
    const { status, json } = await ask(`/v1/loans/1?include=${kind}`);
    expect(status).toBe(422);
    expect(json).toMatchObject({ reason: "FIELD_UNREADABLE", errors: [{ parameter: "include", detail }] });
  });

  test.each([
    "/v1/readers?ids=1&include=readers",
    "/v1/loans?f=csv&include=readers",
    "/v1/streams?f=ndjson&include=readers",
  ])("is none of %s", async (path) => {
    const { status, json } = await ask(path);
    expect([status, json.errors[0].parameter]).toEqual([422, "include"]);
  });
});

test("many are read in batches, and no more than can be included", async () => {
  loans.splice(
    0,
    loans.length,
    ...Array.from({ length: INCLUDED_MAX + 50 }, (_, at) => ({ readerId: BigInt(at + 100) })),
  );
  const { json } = await ask("/v1/loans?include=readers");
  expect(json.included.readers).toHaveLength(INCLUDED_MAX);
  expect(json.included_incomplete).toBe(true);
  expect(calls.map(({ ids }) => ids.length)).toEqual(Array(INCLUDED_MAX / 100).fill(100));
});
