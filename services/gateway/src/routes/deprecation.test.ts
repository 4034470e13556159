import { afterAll, beforeAll, expect, test } from "vitest";
import { testContract } from "../testing/contract.ts";
import { type TestGateway, testGateway } from "../testing/gateway.ts";
import { deprecationsOf } from "./deprecation.ts";

const BOOK = { Ask: { shelf: "string", book: "string" }, Book: { book: "string" } };
const SINCE = "2026-11-30";
const rpc = (path: string, deprecation?: { since: string; until?: string; successor?: string }) => ({
  http: { get: path },
  input: "Ask",
  output: "Book",
  ...(deprecation && { deprecation }),
});

const { service } = testContract(BOOK, {
  Old: rpc("/v1/shelves/{shelf}/volumes/{book}", {
    since: SINCE,
    until: "2027-11-30",
    successor: "example.v1.ExampleService.New",
  }),
  New: rpc("/v1/shelves/{shelf}/books/{book}"),
  Older: rpc("/v1/volumes/{book}", { since: SINCE, successor: "example.v1.ExampleService.New" }),
  Failing: rpc("/v1/failing", { since: SINCE }),
});

let gateway: TestGateway;

beforeAll(async () => {
  const show = () => ({ book: "1" });
  const failing = () => {
    throw new Error("a bug");
  };
  const implementation = { old: show, new: show, older: show, failing };
  gateway = await testGateway((router) => void router.service(service, implementation as never), {
    services: [service],
    corsOrigins: "*",
  });
});

afterAll(() => gateway.stop());

const headersOf = async (path: string, method = "GET") => (await gateway.ask(method, path)).headers;

test("a deprecated RPC says since when, until when, and where its successor has the same resource", async () => {
  for (const method of ["GET", "HEAD"]) {
    const headers = await headersOf("/v1/shelves/7/volumes/3", method);
    expect(headers.deprecation).toBe(`@${Date.UTC(2026, 10, 30) / 1000}`);
    expect(headers.sunset).toBe("Tue, 30 Nov 2027 00:00:00 GMT");
    expect(headers.link).toContain('</docs>; rel="deprecation"');
    expect(headers.link).toContain('</v1/shelves/7/books/3>; rel="successor-version"');
  }
});

test("what has no end yet has no Sunset, and a resource that its successor has elsewhere is not named", async () => {
  const headers = await headersOf("/v1/volumes/3");
  expect(headers).toMatchObject({ deprecation: expect.stringMatching(/^@\d+$/) });
  expect(headers.sunset).toBeUndefined();
  expect(headers.link).not.toContain("successor-version");
});

test("a problem says so too, and so does the wire of Connect", async () => {
  expect(await headersOf("/v1/failing")).toMatchObject({ deprecation: expect.stringMatching(/^@\d+$/) });
  const { headers } = await gateway.ask("POST", "/example.v1.ExampleService/Old", {
    headers: { "connect-protocol-version": "1" },
    body: { shelf: "7", book: "3" },
  });
  expect(headers).toMatchObject({ deprecation: expect.stringMatching(/^@\d+$/), sunset: expect.any(String) });
});

test("what is not deprecated says nothing", async () => {
  const headers = await headersOf("/v1/shelves/7/books/3");
  expect([headers.deprecation, headers.sunset]).toEqual([undefined, undefined]);
});

test.each([
  ["a day that is none", { since: "2026-02-30" }],
  ["no day", { since: "" }],
  ["a successor that is no RPC", { since: SINCE, successor: "example.v1.ExampleService.Nothing" }],
])("a contract with %s is a fault of the start", (_, deprecation) => {
  const wrong = testContract(BOOK, { Old: rpc("/v1/books", deprecation) });
  expect(() => deprecationsOf([wrong.service])).toThrow("Old");
});
