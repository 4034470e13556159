import {
  constants,
  type Http2Server,
  type Http2Session,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from "node:http2";
import { BlockList } from "node:net";
import { TLSSocket } from "node:tls";
import type { Message } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import type { Server } from "@grpc/grpc-js";
import { Reason, ReasonSchema } from "@tessera/contracts/tessera/rpc/v1/reason_pb.ts";
import type { Arrivals, Arriving } from "../admission/arrivals.ts";
import { clientAddress } from "../admission/client-address.ts";
import { frame, frameOnce, PREFIX_BYTES, pathOf } from "../codec.ts";
import type { DirectStream } from "../direct.ts";
import { drained } from "../drained.ts";
import { refusals } from "../refusal.ts";
import { refusalToError } from "../refusal-wire.ts";
import { MESSAGE_MAX_BYTES, messageTooLarge, ServerCall } from "../server-call.ts";
import { errorToTrailers } from "../status.ts";
import { namesIn } from "../tls.ts";
import type { Peer, WireCall } from "../wire-call.ts";
import type { Rpc } from "./rpc.ts";

const refuse = refusals(ReasonSchema);

/** What grpc-js listens with. */
interface Listening {
  http2Servers: Map<Http2Server, unknown>;
}
type OnStream = (
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  flags: number,
  raw: string[],
) => void;

/**
 * Takes the calls of the usual form straight from the HTTP/2 streams of a server: one request, not compressed. All else
 * stays with grpc-js: connections and their age, pings, shutdown, TLS, calls with many requests, calls that are
 * compressed or not well-formed, health and reflection.
 */
export function takeCalls(server: Server, rpcs: readonly Rpc[], arrivals: Arrivals): void {
  const taken = new Map(
    rpcs.filter(({ method }) => hasOneRequest(method)).map((rpc) => [pathOf(rpc.method), rpc]),
  );
  for (const listening of (server as unknown as Listening).http2Servers.keys()) {
    const [others, ...more] = listening.listeners("stream") as OnStream[];
    if (others === undefined || more.length > 0) throw new Error("grpc-js does not take calls as it used to");
    listening.off("stream", others);
    listening.on("stream", (stream, headers, flags, raw: string[]) => {
      const rpc = taken.get(headers[":path"] as string);
      const deadlineMs = deadlineIn(headers["grpc-timeout"] as string | undefined);
      if (rpc === undefined || deadlineMs === undefined || !isUsual(headers)) {
        showAuthorizationGivenTwice(headers, raw);
        others(stream, headers, flags, raw);
      } else new Http2Call(rpc, stream, { headers, raw, deadlineMs }, arrivals);
    });
  }
}

function hasOneRequest({ methodKind }: Rpc["method"]): boolean {
  return methodKind === "unary" || methodKind === "server_streaming";
}

function isUsual(headers: IncomingHttpHeaders): boolean {
  const encoding = headers["grpc-encoding"];
  const type = headers["content-type"];
  return type?.startsWith("application/grpc") === true && (encoding === undefined || encoding === "identity");
}

const TIMEOUT = /^(\d{1,8})([HMSmun])$/;
const UNIT_MS: Record<string, number> = { H: 3_600_000, M: 60_000, S: 1_000, m: 1, u: 0.001, n: 0.000_001 };

/** Until when a caller waits, by its header; undefined where the header is not well-formed. */
function deadlineIn(timeout: string | undefined): number | undefined {
  if (timeout === undefined) return Number.POSITIVE_INFINITY;
  const [, count, unit = ""] = TIMEOUT.exec(timeout) ?? [];
  return count === undefined ? undefined : Date.now() + Number(count) * (UNIT_MS[unit] as number);
}

/**
 * Node keeps the first header `authorization` and drops the others before grpc-js reads the headers, which so would take
 * the call for that of the first token. It reads a list as a header that was given several times.
 */
function showAuthorizationGivenTwice(headers: IncomingHttpHeaders, raw: readonly string[]): void {
  const values = raw.filter((_value, at) => at % 2 === 1 && raw[at - 1] === "authorization");
  if (values.length > 1) (headers as Record<string, unknown>).authorization = values;
}

const RESPONSE_HEADERS = { ":status": 200, "content-type": "application/grpc+proto" };
const WITH_TRAILERS = { waitForTrailers: true, sendDate: false };
const TRAILERS_ONLY = { endStream: true, sendDate: false };
const OK = { "grpc-status": "0" };

/** At most this much, and one write, waits to be read by a client, in bytes. */
const WAITING_MAX_BYTES = 256 * 1024;

/** Of the beginning of a call. */
interface Head {
  headers: IncomingHttpHeaders;
  raw: readonly string[];
  deadlineMs: number;
}

/** One call on one HTTP/2 stream, from its first header to its last trailer. */
class Http2Call implements WireCall {
  readonly path: string;
  readonly deadlineMs: number;
  readonly peer: CountedPeer;
  readonly #rpc: Rpc;
  readonly #stream: ServerHttp2Stream;
  readonly #head: Head;
  readonly #context: ServerCall;
  readonly #arriving: Arriving;
  readonly #parts: Buffer[] = [];
  #bytes = 0;
  #isWhole = false;
  #isAnswered = false;
  #trailers: Record<string, string> = OK;

  constructor(rpc: Rpc, stream: ServerHttp2Stream, head: Head, arrivals: Arrivals) {
    this.path = head.headers[":path"] as string;
    this.deadlineMs = head.deadlineMs;
    this.peer = peerOf(stream.session);
    this.#rpc = rpc;
    this.#stream = stream;
    this.#head = head;
    this.#context = new ServerCall(rpc.method, this);
    this.#context.onAbort = (reason) => this.#fail(reason);
    this.#arriving = arrivals.begin(this.peer.countedAs, (error) => this.#fail(error));
    stream
      .on("data", (part: Buffer) => this.#take(part))
      .on("end", () => this.#run())
      .on("wantTrailers", () => stream.sendTrailers(this.#trailers))
      .on("close", () => this.#arriving.arrived())
      // The stream closes as well, which ends the call.
      .on("error", () => {});
  }

  header(name: string): string | undefined {
    return this.#head.headers[name] as string | undefined;
  }

  get authorizations(): number {
    return this.#head.raw.filter((it, at) => at % 2 === 0 && it === "authorization").length;
  }

  get direct(): DirectStream {
    const stream = this.#stream;
    return {
      push: (frames) => {
        if (stream.writableLength > WAITING_MAX_BYTES) return false;
        if (this.#isAnswered || stream.closed || stream.destroyed) return true;
        if (!stream.headersSent) stream.respond(RESPONSE_HEADERS, WITH_TRAILERS);
        stream.write(frames);
        return true;
      },
      drained: async (signal) => {
        if (stream.writableNeedDrain) await drained(stream, signal);
      },
    };
  }

  onClose(notify: () => void): void {
    this.#stream.on("close", notify);
  }

  #take(part: Buffer): void {
    if (this.#isAnswered) return;
    this.#parts.push(part);
    this.#bytes += part.length;
    this.#arriving.take(part.length);
    if (this.#bytes < PREFIX_BYTES) return;
    if (this.#parts.length > 1 && (this.#parts[0] as Buffer).length < PREFIX_BYTES)
      this.#parts.splice(0, this.#parts.length, Buffer.concat(this.#parts));
    const prefix = this.#parts[0] as Buffer;
    const length = prefix.readUInt32BE(1);
    if (length > MESSAGE_MAX_BYTES) this.#fail(refusalToError(messageTooLarge()));
    else if (prefix[0] !== 0) this.#fail(compressed());
    else if (this.#bytes > PREFIX_BYTES + length) this.#fail(notOneRequest("more than one"));
  }

  #run(): void {
    this.#arriving.arrived();
    this.#isWhole = true;
    if (this.#isAnswered) return;
    const parts = this.#parts;
    const whole = parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
    const bytes = whole.subarray(PREFIX_BYTES);
    if (whole.length < PREFIX_BYTES || bytes.length < whole.readUInt32BE(1))
      this.#fail(notOneRequest("no whole"));
    else if (this.#rpc.method.methodKind === "unary")
      this.#rpc
        .once(this.#context, bytes)
        .then((message) => this.#succeed(message))
        .catch((error: unknown) => this.#fail(error));
    else void this.#pour(this.#rpc.stream(this.#context, [bytes]));
  }

  #succeed(message: Message): void {
    if (this.#isAnswered) return;
    const bytes = frame(this.#rpc.method.output, message);
    if (!this.#settle()) return;
    this.#stream.respond(RESPONSE_HEADERS, WITH_TRAILERS);
    this.#stream.end(bytes);
  }

  /** Writes a stream of answers, no faster than they are taken. */
  async #pour(messages: Promise<AsyncIterable<Message>>): Promise<void> {
    const stream = this.#stream;
    try {
      for await (const message of await messages) {
        if (this.#isAnswered || stream.closed || stream.destroyed) return;
        if (!stream.headersSent) stream.respond(RESPONSE_HEADERS, WITH_TRAILERS);
        if (!stream.write(frameOnce(this.#rpc.method.output, message)))
          await drained(stream, this.#context.signal);
      }
      if (this.#settle()) this.#end();
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#context.end();
    }
  }

  #fail(error: unknown): void {
    if (!this.#settle()) return;
    this.#trailers = errorToTrailers(error instanceof ConnectError ? error : internal());
    this.#end();
    // A client that still sends learns that nobody reads.
    if (!this.#isWhole) setImmediate(() => this.#stream.close(constants.NGHTTP2_NO_ERROR));
  }

  /** Sends the trailers; where nothing was sent before them, as the only headers. */
  #end(): void {
    if (this.#stream.headersSent) this.#stream.end();
    else this.#stream.respond({ ...RESPONSE_HEADERS, ...this.#trailers }, TRAILERS_ONLY);
  }

  /** Whether the call is to be answered now: it was not yet, and its stream is open. */
  #settle(): boolean {
    if (this.#isAnswered) return false;
    this.#isAnswered = true;
    this.#context.end();
    return !this.#stream.closed && !this.#stream.destroyed;
  }
}

function compressed(): ConnectError {
  return refusalToError(
    refuse(Reason.MESSAGE_MALFORMED, { detail: "The request is marked as compressed and names no encoding" }),
  );
}

/** Of a message that cannot be written: all else became a ConnectError before. */
function internal(): ConnectError {
  return new ConnectError("internal error", Code.Internal);
}

function notOneRequest(found: string): ConnectError {
  return new ConnectError(`the call has ${found} request`, Code.Unimplemented);
}

/** A client, and the address by which its calls are counted. */
interface CountedPeer extends Peer {
  readonly countedAs: string;
}

const NOBODY = new BlockList();
const peers = new WeakMap<Http2Session, CountedPeer>();

/** What a connection shows of its client: it stays the same. */
function peerOf(session: Http2Session | undefined): CountedPeer {
  const known = session && peers.get(session);
  if (known !== undefined) return known;
  const socket = session?.socket;
  const address = socket?.remoteAddress ?? "";
  const certificate =
    socket instanceof TLSSocket && socket.authorized ? socket.getPeerCertificate() : undefined;
  const peer: CountedPeer = {
    address,
    names: certificate?.raw === undefined ? [] : namesIn(certificate),
    countedAs: clientAddress(NOBODY, address, undefined),
  };
  if (session !== undefined) peers.set(session, peer);
  return peer;
}
