import { afterAll, beforeAll, expect, test } from "vitest";
import { testContract } from "../testing/contract.ts";
import { type TestGateway, testGateway } from "../testing/gateway.ts";
import { openApiDocument } from "./document.ts";
import type { Schema } from "./field-rules.ts";

const get = (path: string) => ({ http: { get: path }, input: "Ask" });
const { service } = testContract(
  {
    Ask: { shelf: "string" },
    Book: { book: "string" },
    Loan: { loan: "string", revision: "int64 @REVISION" },
    Books: { books: "repeated Book @ROWS" },
    Tagged: { books: "repeated Book @ROWS", etag: "string @ETAG" },
    Streamed: { books: "repeated Book" },
    StreamedTagged: { books: "repeated Book", etag: "string @ETAG" },
  },
  {
    GetBook: { ...get("/v1/book"), output: "Book" },
    GetLoan: { ...get("/v1/loan"), output: "Loan" },
    ListBooks: { ...get("/v1/books"), output: "Books" },
    ListTagged: { ...get("/v1/tagged"), output: "Tagged" },
    StreamBooks: {
      http: { get: "/v1/stream", response_body: "books" },
      input: "Ask",
      output: "Streamed",
      stream: true,
    },
    StreamTagged: {
      http: { get: "/v1/tagged-stream", response_body: "books" },
      input: "Ask",
      output: "StreamedTagged",
      stream: true,
    },
    WatchLoan: { ...get("/v1/watch"), output: "Loan", stream: true },
    Issue: { http: { post: "/v1/tokens", body: "*" }, input: "Ask", output: "Book" },
    Old: { ...get("/v1/old"), output: "Book", deprecation: { since: "2026-11-30", until: "2027-11-30" } },
    Older: { ...get("/v1/older"), output: "Book", deprecation: { since: "2026-11-30" } },
    Failing: { ...get("/v1/failing"), output: "Book", deprecation: { since: "2026-11-30" } },
  },
);
const document = openApiDocument([service]);
let gateway: TestGateway;

beforeAll(async () => {
  const books = [{ book: "1" }];
  const implementation = {
    getBook: () => ({ book: "1" }),
    getLoan: () => ({ loan: "1", revision: 7n }),
    listBooks: () => ({ books }),
    listTagged: () => ({ books, etag: "v1" }),
    async *streamBooks() {
      yield { books };
    },
    async *streamTagged() {
      yield { books, etag: "v1" };
    },
    async *watchLoan() {
      yield { loan: "1", revision: 7n };
    },
    issue: () => ({ book: "1" }),
    old: () => ({ book: "1" }),
    older: () => ({ book: "1" }),
    failing: () => {
      throw new Error("a bug");
    },
  };
  gateway = await testGateway((router) => void router.service(service, implementation as never), {
    services: [service],
  });
});
afterAll(() => gateway.stop());

const HEADERS = ["ETag", "Accept-Ranges", "Content-Disposition", "Content-Range", "Deprecation", "Sunset"];

function operationAt(method: string, path: string) {
  const { responses = {}, parameters = [] } = document.paths[path]?.[method.toLowerCase()] ?? {};
  return { responses: responses as Record<string, Schema>, parameters: parameters as Schema[] };
}

/** The headers that the document describes for the answer of an operation, of those above. */
function described(method: string, path: string, status: number): string[] {
  const { responses } = operationAt(method, path);
  const response = responses[status] ?? responses.default ?? {};
  const $ref = response.$ref as string | undefined;
  const whole = $ref ? document.components.responses?.[$ref.split("/").at(-1) as string] : response;
  return HEADERS.filter((it) => it in ((whole?.headers ?? {}) as Schema));
}

test.each([
  ["GET", "/v1/book", "json", 200],
  ["GET", "/v1/loan", "json", 200],
  ["GET", "/v1/books", "csv", 200],
  ["GET", "/v1/tagged", "csv", 200],
  ["GET", "/v1/stream", "csv", 200],
  ["GET", "/v1/tagged-stream", "csv", 200],
  ["GET", "/v1/watch", "ndjson", 200],
  ["POST", "/v1/tokens", "", 200],
  ["GET", "/v1/old", "json", 200],
  ["GET", "/v1/older", "json", 200],
  ["GET", "/v1/failing", "json", 500],
] as const)("%s %s is answered with the headers that the document describes, as %s", async (...row) => {
  const [method, path, form, status] = row;
  const answer = await gateway.ask(method, form === "" ? path : `${path}?f=${form}`, {
    ...(method === "POST" && { body: {} }),
  });
  expect(answer.status).toBe(status);
  expect(HEADERS.filter((it) => it.toLowerCase() in answer.headers)).toEqual(described(method, path, status));
});

test.each(["/v1/book", "/v1/loan", "/v1/books", "/v1/tagged", "/v1/stream", "/v1/tagged-stream"])(
  "a part of %s is answered where the document describes parts, and only there",
  async (path) => {
    const { responses, parameters } = operationAt("GET", path);
    const takesRange = parameters.some(({ $ref }) => $ref === "#/components/parameters/Range");
    for (const [range, status] of [
      ["bytes=1-2", 206],
      ["bytes=9000-", 416],
    ] as const) {
      const answer = await gateway.ask("GET", path, { headers: { range } });
      expect([range, answer.status]).toEqual([range, takesRange ? status : 200]);
      expect(status in responses).toBe(takesRange);
      if (takesRange) expect(described("GET", path, status)).toContain("Content-Range");
    }
  },
);
