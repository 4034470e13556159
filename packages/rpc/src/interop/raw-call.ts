import { once } from "node:events";
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  constants,
  type IncomingHttpHeaders,
} from "node:http2";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { StringValueSchema } from "@bufbuild/protobuf/wkt";

/** A message with its prefix. */
export function framed(value: string, { flag = 0, length }: { flag?: number; length?: number } = {}): Buffer {
  return prefixed(
    Buffer.from(toBinary(StringValueSchema, create(StringValueSchema, { value }))),
    flag,
    length,
  );
}

export function prefixed(bytes: Buffer, flag = 0, length = bytes.length): Buffer {
  const prefix = Buffer.alloc(5);
  prefix[0] = flag;
  prefix.writeUInt32BE(length, 1);
  return Buffer.concat([prefix, bytes]);
}

/** Begins a call, whose request is for the caller to send. */
export function begin(session: ClientHttp2Session, rpc: string, headers: Record<string, string> = {}) {
  const stream = session.request(
    {
      [constants.HTTP2_HEADER_METHOD]: "POST",
      [constants.HTTP2_HEADER_PATH]: rpc.startsWith("/") ? rpc : `/interop.Echo/${rpc}`,
      "content-type": "application/grpc",
      te: "trailers",
      ...headers,
    },
    { endStream: false },
  );
  stream.on("error", () => {});
  return stream;
}

/** What came of a call. */
export interface Outcome {
  http: number | undefined;
  /** gRPC's, as its number. */
  status: string | undefined;
  message: string | undefined;
  /** Whether the status came in the only headers. */
  isTrailersOnly: boolean;
  texts: string[];
  /** With which the stream was reset. */
  reset: number;
}

/** Reads a call to its end. */
export async function outcomeOf(stream: ClientHttp2Stream): Promise<Outcome> {
  let head: IncomingHttpHeaders = {};
  let trailers: IncomingHttpHeaders | undefined;
  const parts: Buffer[] = [];
  stream.on("response", (it) => {
    head = it;
  });
  stream.on("trailers", (it) => {
    trailers = it;
  });
  stream.on("data", (part: Buffer) => parts.push(part));
  if (!stream.closed) await once(stream, "close");
  const last = trailers ?? head;
  return {
    http: head[":status"] as number | undefined,
    status: last["grpc-status"] as string | undefined,
    message: last["grpc-message"] && decodeURIComponent(String(last["grpc-message"])),
    isTrailersOnly: trailers === undefined && head["grpc-status"] !== undefined,
    texts: textsIn(Buffer.concat(parts)),
    reset: stream.rstCode,
  };
}

function textsIn(bytes: Buffer): string[] {
  const texts: string[] = [];
  for (let at = 0; at + 5 <= bytes.length; ) {
    const end = at + 5 + bytes.readUInt32BE(at + 1);
    texts.push(fromBinary(StringValueSchema, bytes.subarray(at + 5, end)).value);
    at = end;
  }
  return texts;
}
