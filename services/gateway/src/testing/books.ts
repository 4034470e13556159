import { type Message, toJson } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";
import { testContract } from "./contract.ts";
import { type TestGateway, testGateway } from "./gateway.ts";

const { service } = testContract(
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
      areas: "repeated tessera.geo.v1.MultiPolygon",
    },
    Filter: {
      year_from: "int32",
      inner: "Filter",
      area: "tessera.geo.v1.MultiPolygon",
      kinds: "repeated Kind",
      within: "Box",
    },
    Box: { west: "double", south: "double" },
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
      http: { get: "/v1/books", additionalBindings: [{ get: "/v1/shelves/{shelf}/books" }] },
      input: "Search",
      output: "Book",
    },
    Discard: {
      http: { delete: "/v1/books", additionalBindings: [{ delete: "/v1/pages/{page}/books" }] },
      input: "Search",
      output: "Book",
    },
    Watch: {
      http: { get: "/v1/pages/{page}/notes", additionalBindings: [{ get: "/v1/notes" }] },
      input: "Search",
      output: "Book",
      stream: true,
    },
    Create: { http: { post: "/v1/books", body: "*" }, input: "Search", output: "Book" },
    Publish: { http: { post: "/v1/books/{page}/publications", body: "*" }, input: "Search", output: "Book" },
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

async function* nothing() {}

/** A gateway in front of a service that answers nothing and keeps what reached it. */
export interface BookGateway extends TestGateway {
  /** The RPC that was last called, with its request as JSON; undefined since it was taken. */
  take(): { rpc: string; json: unknown } | undefined;
}

/** Starts a gateway for books: messages with fields of every kind, bound in every way. */
export async function bookGateway(): Promise<BookGateway> {
  let received: ReturnType<BookGateway["take"]>;
  const handlers = service.methods.map((rpc) => [
    rpc.localName,
    (request: Message) => {
      received = { rpc: rpc.name, json: toJson(rpc.input, request, { useProtoFieldName: true }) };
      return rpc.methodKind === "unary" ? {} : nothing();
    },
  ]);
  const impl = Object.fromEntries(handlers) as ServiceImpl<typeof service>;
  const gateway = await testGateway((router) => router.service(service, impl), { services: [service] });
  const take = () => {
    const taken = received;
    received = undefined;
    return taken;
  };
  return { ...gateway, take };
}
