import { once } from "node:events";
import { createServer, type OutgoingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { checkAnswers } from "./answer-check.ts";
import { testContract } from "./contract.ts";
import type { Maker } from "./described-answer.ts";
import { ask, testGateway } from "./gateway.ts";

const { service } = testContract(
  {
    Ask: { shelf: "string" },
    Book: { book_id: "int32", name: "string", author: "Author", revision: "int64 @REVISION" },
    Author: { name: "string" },
    Books: { books: "repeated Book @ROWS" },
  },
  {
    GetBook: { http: { get: "/v1/books/{shelf}" }, input: "Ask", output: "Book" },
    ListBooks: { http: { get: "/v1/books" }, input: "Ask", output: "Books" },
    WatchBooks: { http: { get: "/v1/events" }, input: "Ask", output: "Book", stream: true },
  },
);
const SERVICES = [service];
const BOOK = { book_id: 1, name: "Atlas", revision: "7" };
const JSON_TYPE = { "content-type": "application/json" };
const SSE_TYPE = { "content-type": "text/event-stream" };
const PROBLEM_TYPE = { "content-type": "application/problem+json" };

interface Planted {
  status?: number;
  headers?: OutgoingHttpHeaders;
  body?: unknown;
}

/** Returns what the check says of one answer of a server. */
async function faultOf(
  target: string,
  { status = 200, headers = JSON_TYPE, body = "" }: Planted,
  maker: Maker = "services",
): Promise<string> {
  const text = typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  const server = createServer((_, response) => response.writeHead(status, headers).end(text));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const check = checkAnswers(url, { services: SERVICES, maker });
  const [method = "", path = ""] = target.split(" ");
  await fetch(url + path, { method }).then((it) => it.arrayBuffer());
  server.close();
  await once(server, "close");
  try {
    check.stop();
    return "";
  } catch (error) {
    return (error as Error).message;
  }
}

test.each<[fault: string, target: string, planted: Planted]>([
  ["the header x-shelf is not described", "GET /v1/books/1", { headers: { "X-Shelf": "1" } }],
  ["the header content-range is not described", "GET /v1/books/1", { headers: { "Content-Range": "x" } }],
  ['the header etag: must match pattern "^\\x22', "GET /v1/books/1", { headers: { ETag: "7" } }],
  ["the status is not described", "GET /v1/books/1", { status: 203, body: BOOK }],
  ["the status is not described", "POST /v1/books/1", { body: BOOK }],
  ["the status is not described", "GET /v1/shelves", { body: BOOK }],
  [
    "the media type application/xml is not",
    "GET /v1/books/1",
    { headers: { "Content-Type": "application/xml" } },
  ],
  ["the body has no media type", "GET /v1/books/1", { headers: {}, body: BOOK }],
  ['{"additionalProperty":"shelf"}', "GET /v1/books/1", { body: { ...BOOK, shelf: 1 } }],
  ['{"additionalProperty":"born"}', "GET /v1/books/1", { body: { ...BOOK, author: { name: "", born: 1 } } }],
  ['{"additionalProperty":"shelf"}', "GET /v1/books", { body: { books: [{ ...BOOK, shelf: 1 }] } }],
  ['{"missingProperty":"name"}', "GET /v1/books/1", { body: { book_id: 1, revision: "7" } }],
  ["/book_id must be integer", "GET /v1/books/1", { body: { ...BOOK, book_id: "1" } }],
  ["/revision must be string", "GET /v1/books/1", { body: { ...BOOK, revision: 7 } }],
  ["the body cannot be read", "GET /v1/books/1", { body: "{" }],
  [
    "/book_id must be integer",
    "GET /v1/events",
    { headers: SSE_TYPE, body: 'data: {"name":"","book_id":"1","revision":"7"}\n\n' },
  ],
  [
    '{"missingProperty":"type"}',
    "GET /v1/events",
    { headers: SSE_TYPE, body: "event: problem\ndata: {}\n\n" },
  ],
  [
    '{"additionalProperty":"shelf"}',
    "GET /v1/books/1",
    {
      headers: { ...JSON_TYPE, "Content-Encoding": "gzip" },
      body: gzipSync(JSON.stringify({ ...BOOK, shelf: 1 })),
    },
  ],
  [
    "REQUEST_MALFORMED",
    "GET /v1/books/1",
    { status: 400, headers: PROBLEM_TYPE, body: { reason: "REQUEST_MALFORMED", status: 400 } },
  ],
  ['{"additionalProperty":"shelf"}', "GET /v1/books/1", { body: { ...BOOK, shelf: null } }],
])("an answer with a fault is found: %s, %s", async (fault, target, planted) => {
  expect(await faultOf(target, planted)).toContain(fault);
});

test.each<[what: string, target: string, planted: Planted]>([
  ["a document", "GET /v1/books/1", { headers: { ...JSON_TYPE, ETag: '"7"' }, body: BOOK }],
  ["its head", "HEAD /v1/books/1", {}],
  ["a list", "GET /v1/books", { body: { books: [BOOK, BOOK] } }],
  ["a part of a list", "GET /v1/books", { status: 206, body: '{"boo' }],
  ["nothing new", "GET /v1/books/1", { status: 304, headers: { ETag: '"7"' } }],
  [
    "events",
    "GET /v1/events",
    { headers: SSE_TYPE, body: `retry: 2\n\n:\n\ndata: ${JSON.stringify(BOOK)}\n\n` },
  ],
  ["half of an event", "GET /v1/events", { headers: SSE_TYPE, body: 'data: {"bo' }],
  ["an RPC of Connect, which the contract describes", "GET /example.v1.ExampleService/GetBook", {}],
  ["what /ogc/api describes", "GET /ogc/collections", { status: 203 }],
  ["a method that OpenAPI does not know", "OPTIONS /v1/books", { status: 204, headers: { Allow: "GET" } }],
])("an answer as it is described has no fault: %s", async (_, target, planted) => {
  expect(await faultOf(target, planted)).toBe("");
});

test("handlers of tests may leave out a message, and no other member", async () => {
  expect(await faultOf("GET /v1/books/1", { body: "null" }, "handlers")).toBe("");
  expect(await faultOf("GET /v1/books/1", { body: { book_id: 1 } }, "handlers")).toContain("'name'");
});

test("a gateway of tests does not stop as if nothing was wrong", async () => {
  const gateway = await testGateway(() => {}, {
    services: SERVICES,
    oauth: {
      takes: (path) => path === "/v1/books/1",
      pass: async ({ response }) =>
        void response.writeHead(200, { ...JSON_TYPE, "X-Planted": "1" }).end("null"),
      stop: () => {},
    },
  });
  expect((await ask(gateway.url, "GET", "/v1/books/1")).status).toBe(200);
  await expect(gateway.stop()).rejects.toThrow("GET GetBook 200: the header x-planted is not described");
});
