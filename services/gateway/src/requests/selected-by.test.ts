import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { testContract } from "../testing/contract.ts";
import { type TestGateway, testGateway } from "../testing/gateway.ts";

const { service } = testContract(
  {
    Shelf: { shelf: "int32", name: "string" },
    Batch: { shelf: "int32", book_ids: "repeated int64" },
    Books: { books: "repeated Book @ROWS", read_by: "string" },
    Book: { title: "string" },
  },
  {
    ListBooks: { http: { get: "/v1/shelves/{shelf}/books" }, input: "Shelf", output: "Books" },
    WatchBooks: {
      http: { get: "/v1/shelves/{shelf}/books" },
      input: "Shelf",
      output: "Book",
      stream: true,
    },
    BatchGetBooks: {
      http: { get: "/v1/shelves/{shelf}/books" },
      input: "Batch",
      output: "Books",
      selectedBy: "book_ids",
    },
  },
);
let gateway: TestGateway;

beforeAll(async () => {
  const books = [{ title: "Maps" }];
  const handlers = {
    listBooks: (request: { name: string }) => ({ books, readBy: `list ${request.name}` }),
    batchGetBooks: (request: { bookIds: bigint[] }) => ({ books, readBy: `batch ${request.bookIds}` }),
    async *watchBooks() {
      yield { title: "streamed" };
    },
  };
  gateway = await testGateway((router) => router.service(service, handlers as never), {
    services: [service],
  });
});
afterAll(() => gateway.stop());

describe("of two GETs on one path", () => {
  test.each([
    ["/v1/shelves/3/books", "list "],
    ["/v1/shelves/3/books?name=a", "list a"],
    ["/v1/shelves/3/books?book_ids=7", "batch 7"],
    ["/v1/shelves/3/books?book_ids=7&book_ids=8", "batch 7,8"],
    ["/v1/shelves/3/books?bookIds=7", "batch 7"],
    ["/v1/shelves/3/books?book%5Fids=7", "batch 7"],
    ["/v1/shelves/3/books?f=json&book_ids=7", "batch 7"],
  ])("the parameter selects: %s", async (path, readBy) => {
    const { status, json } = await gateway.ask("GET", path);
    expect([status, json.read_by]).toEqual([200, readBy]);
  });

  test.each([
    ["book_ids=", "book_ids", "field.type"],
    ["book_ids=7&name=a", "name", "field.unknown"],
    ["book_id=7", "book_id", "field.unknown"],
  ])("a request that fits neither is refused with its parameter: %s", async (query, parameter, rule) => {
    const { status, json } = await gateway.ask("GET", `/v1/shelves/3/books?${query}`);
    expect(status).toBe(422);
    expect(json.errors).toEqual([expect.objectContaining({ parameter, rule })]);
  });

  test("HEAD is answered as GET is", async () => {
    expect((await gateway.ask("HEAD", "/v1/shelves/3/books?book_ids=7")).status).toBe(200);
  });

  test("Accept chooses among what the parameter selects", async () => {
    const headers = { accept: "application/x-ndjson" };
    expect((await gateway.ask("GET", "/v1/shelves/3/books", { headers })).text).toContain("streamed");
    const selected = await gateway.ask("GET", "/v1/shelves/3/books?book_ids=7", { headers });
    expect(selected.status).toBe(406);
    expect((await gateway.ask("GET", "/v1/shelves/3/books?book_ids=7&f=csv")).text).toContain("Maps");
  });
});
