import { gzipSync } from "node:zlib";
import { create, toBinary } from "@bufbuild/protobuf";
import { StringValueSchema } from "@bufbuild/protobuf/wkt";
import { status } from "@grpc/grpc-js";
import { MESSAGE_MAX_BYTES } from "../server-call.ts";
import { LARGE_BYTES, REFUSAL } from "./echo.ts";
import { framed, type Outcome, prefixed } from "./raw-call.ts";

export const message = (value: string) =>
  Buffer.from(toBinary(StringValueSchema, create(StringValueSchema, { value })));
const inBytes = (bytes: Buffer) => [...bytes].map((_, at) => bytes.subarray(at, at + 1));
export const ok = (...texts: string[]): Partial<Outcome> => ({
  http: 200,
  status: "0",
  texts,
  isTrailersOnly: false,
});
const refused = (code: status): Partial<Outcome> => ({
  ...{ http: 200, status: String(code), texts: [], isTrailersOnly: true },
});
const LONGEST = "x".repeat(MESSAGE_MAX_BYTES - 5);

/** The title of a case, its RPC, headers, the DATA frames of the request, and what comes of it. */
export const CASES: [string, string, Record<string, string>, Buffer[], Partial<Outcome>][] = [
  ["a request in one frame", "Once", {}, [framed("a")], ok("a")],
  ["a request in a frame for each byte", "Once", {}, inBytes(framed("abc")), ok("abc")],
  ["an empty message", "Once", {}, [framed("")], ok("")],
  [
    "the content type with a message format",
    "Once",
    { "content-type": "application/grpc+proto" },
    [framed("a")],
    ok("a"),
  ],
  ["metadata that is binary", "Once", { "some-bin": "AAECAw==" }, [framed("a")], ok("a")],
  ["an answer of many frames", "Once", {}, [framed("large")], ok("x".repeat(LARGE_BYTES))],
  ["the largest message", "Once", {}, [framed(LONGEST)], ok(LONGEST)],
  ["a larger message", "Once", {}, [framed(`${LONGEST}x`)], refused(status.RESOURCE_EXHAUSTED)],
  [
    "a length beyond the limit",
    "Once",
    {},
    [prefixed(Buffer.alloc(9), 0, MESSAGE_MAX_BYTES + 1)],
    refused(status.RESOURCE_EXHAUSTED),
  ],
  [
    "a length of four gigabytes",
    "Once",
    {},
    [prefixed(Buffer.alloc(9), 0, 2 ** 32 - 1)],
    refused(status.RESOURCE_EXHAUSTED),
  ],
  [
    "an error before any message",
    "Once",
    {},
    [framed("refuse")],
    { ...refused(status.NOT_FOUND), message: REFUSAL },
  ],
  ["no message", "Once", {}, [], refused(status.UNIMPLEMENTED)],
  ["half a message", "Once", {}, [framed("abc").subarray(0, 7)], refused(status.UNIMPLEMENTED)],
  ["half a prefix", "Once", {}, [framed("abc").subarray(0, 3)], refused(status.UNIMPLEMENTED)],
  [
    "two messages where one belongs, in one frame",
    "Once",
    {},
    [Buffer.concat([framed("a"), framed("b")])],
    refused(status.UNIMPLEMENTED),
  ],
  ["two messages where one belongs", "Once", {}, [framed("a"), framed("b")], refused(status.UNIMPLEMENTED)],
  ["the encoding identity", "Once", { "grpc-encoding": "identity" }, [framed("a")], ok("a")],
  ["gzip", "Once", { "grpc-encoding": "gzip" }, [prefixed(gzipSync(message("abc")), 1)], ok("abc")],
  ["gzip, for a message that is not compressed", "Once", { "grpc-encoding": "gzip" }, [framed("a")], ok("a")],
  [
    "gzip that is none",
    "Once",
    { "grpc-encoding": "gzip" },
    [prefixed(Buffer.from("no"), 1)],
    refused(status.INVALID_ARGUMENT),
  ],
  [
    "gzip that becomes too large",
    "Once",
    { "grpc-encoding": "gzip" },
    [prefixed(gzipSync(message(`${LONGEST}x`)), 1)],
    refused(status.RESOURCE_EXHAUSTED),
  ],
  [
    "an encoding that nobody knows",
    "Once",
    { "grpc-encoding": "br" },
    [prefixed(Buffer.from("a"), 1)],
    refused(status.UNIMPLEMENTED),
  ],
  ["an RPC that is not there", "Twice", {}, [framed("a")], refused(status.UNIMPLEMENTED)],
  ["a service that is not there", "/interop.Ohce/Once", {}, [framed("a")], refused(status.UNIMPLEMENTED)],
  [
    "another content type",
    "Once",
    { "content-type": "application/json" },
    [framed("a")],
    { http: 415, status: undefined, texts: [] },
  ],
  [
    "a deadline that is none",
    "Once",
    { "grpc-timeout": "soon" },
    [framed("a")],
    refused(status.INVALID_ARGUMENT),
  ],
  [
    "a deadline that passes",
    "Once",
    { "grpc-timeout": "20m" },
    [framed("never")],
    refused(status.DEADLINE_EXCEEDED),
  ],
  ["a stream", "Down", {}, [framed("a")], ok("1", "2", "3")],
  ["a stream, asked for in a frame for each byte", "Down", {}, inBytes(framed("a")), ok("1", "2", "3")],
  ["a stream of nothing", "Down", {}, [framed("none")], { ...ok(), isTrailersOnly: true }],
  ["a stream that fails before its first message", "Down", {}, [framed("refuse")], refused(status.NOT_FOUND)],
  [
    "a stream that fails after messages",
    "Down",
    {},
    [framed("fail later")],
    { ...ok("1", "2", "3"), status: String(status.ABORTED) },
  ],
  [
    "a stream whose deadline passes",
    "Down",
    { "grpc-timeout": "200m" },
    [framed("never")],
    { ...ok("1", "2", "3"), status: String(status.DEADLINE_EXCEEDED) },
  ],
  ["a stream without a request", "Down", {}, [], refused(status.UNIMPLEMENTED)],
  ["a stream of requests", "Up", {}, [Buffer.concat([framed("a"), framed("b")]), framed("c")], ok("abc")],
  ["streams both ways", "Both", {}, [framed("a"), framed("b")], ok("a", "b")],
];
