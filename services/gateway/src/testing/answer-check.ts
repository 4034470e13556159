import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from "node:zlib";
import type { DescService } from "@bufbuild/protobuf";
import { isForReader } from "../pages/pages.ts";
import { judgeOf, type Maker, type SeenAnswer } from "./described-answer.ts";

/** The largest body that is judged. Of a larger one, status, headers and media type are. */
const BODY_MAX_BYTES = 4 * 1024 * 1024;
/** The largest bodies that wait to be judged, together. Judging waits for the end so that no test becomes slower under way. */
const WAITING_MAX_BYTES = 32 * 1024 * 1024;
/** How many faults an error lists at most. */
const FAULTS_MAX = 20;
const START = "http.server.request.start";

/** What holds the answers of one gateway against the OpenAPI document. */
export interface AnswerCheck {
  /** Ends it. Throws if an answer was not as the document describes it. */
  stop(): void;
}

/** What answers of a gateway come from. */
export interface Origins {
  services: readonly DescService[];
  maker: Maker;
  /** Whether there is a console. It answers what prefers a page, which is no part of the REST surface. */
  hasPages?: boolean;
}

interface Watched extends Pick<Origins, "hasPages"> {
  keep(answer: SeenAnswer): void;
}

/** The gateways that are watched, by port. */
const watched = new Map<number, Watched>();

/**
 * Holds every answer of the gateway at `url` against the OpenAPI document of its services: status, headers and body. Node
 * publishes each request to a server in this process. Answers to requests that Node could not parse are not among them.
 */
export function checkAnswers(url: string, { services, maker, hasPages = false }: Origins): AnswerCheck {
  const port = Number(new URL(url).port);
  const faults = new Set<string>();
  let waiting: SeenAnswer[] = [];
  let waitingBytes = 0;
  const judge = () => {
    for (const fault of waiting.flatMap(judgeOf(services, maker))) faults.add(fault);
    waiting = [];
    waitingBytes = 0;
  };
  const keep = (answer: SeenAnswer) => {
    waiting.push(answer);
    waitingBytes += answer.body?.length ?? 0;
    if (waitingBytes > WAITING_MAX_BYTES) judge();
  };
  if (watched.size === 0) subscribe(START, watch);
  watched.set(port, { keep, hasPages });
  return {
    stop: () => {
      watched.delete(port);
      if (watched.size === 0) unsubscribe(START, watch);
      judge();
      if (faults.size === 0) return;
      const listed = [...faults].slice(0, FAULTS_MAX).join("\n");
      throw new Error(`${faults.size} faults of answers, by the OpenAPI document:\n${listed}`);
    },
  };
}

/** What Node publishes when a request begins. */
interface Started {
  request: IncomingMessage;
  response: ServerResponse;
  socket: Socket;
}

function watch(message: unknown): void {
  const { request, response, socket } = message as Started;
  const gateway = watched.get(socket.localPort ?? 0);
  if (gateway === undefined) return;
  const { method = "", url = "" } = request;
  // A proxy is asked with a whole URL, and may hand it on.
  const [path = "", query = ""] = url.replace(/^https?:\/\/[^/?]*/i, "").split("?");
  if (gateway.hasPages && isForReader({ method, path, query, request })) return;
  const written = collect(response);
  // Streams end where their reader leaves: what it received of them is judged too.
  response.setMaxListeners(response.getMaxListeners() + 1);
  response.on("close", () => {
    if (!response.headersSent) return;
    const { headers, body } = written();
    const isWhole = response.writableFinished;
    gateway.keep({ method, path, status: response.statusCode, headers, body, isWhole });
  });
}

/** Keeps what is written to a response: its headers, and its body without a content coding. */
function collect(response: ServerResponse): () => Pick<SeenAnswer, "headers" | "body"> {
  const chunks: Buffer[] = [];
  let length = 0;
  let head: OutgoingHttpHeaders = {};
  const keep = (chunk: unknown, encoding: unknown) => {
    if (typeof chunk !== "string" && !(chunk instanceof Uint8Array)) return;
    const known = typeof encoding === "string" ? (encoding as BufferEncoding) : "utf8";
    const bytes = typeof chunk === "string" ? Buffer.from(chunk, known) : Buffer.from(chunk);
    length += bytes.length;
    if (length <= BODY_MAX_BYTES) chunks.push(bytes);
  };
  const { write, end, writeHead } = response;
  response.write = ((...args: unknown[]) => {
    keep(args[0], args[1]);
    return Reflect.apply(write, response, args);
  }) as typeof write;
  response.end = ((...args: unknown[]) => {
    keep(args[0], args[1]);
    return Reflect.apply(end, response, args);
  }) as typeof end;
  response.writeHead = ((...args: unknown[]) => {
    const last = args.at(-1);
    if (typeof last === "object" && last !== null) head = last as OutgoingHttpHeaders;
    return Reflect.apply(writeHead, response, args);
  }) as typeof writeHead;
  return () => {
    const headers = new Map(
      Object.entries({ ...response.getHeaders(), ...head })
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => [name.toLowerCase(), String(value)]),
    );
    const isKept = length <= BODY_MAX_BYTES;
    const bytes = isKept ? Buffer.concat(chunks) : undefined;
    return { headers, body: decoded(bytes, headers.get("content-encoding"), response.writableFinished) };
  };
}

const DECODERS: Record<string, (bytes: Buffer) => Buffer> = {
  br: brotliDecompressSync,
  gzip: gunzipSync,
  zstd: zstdDecompressSync,
};

/** A body without its coding. The beginning of a coded body cannot be read. */
function decoded(body: Buffer | undefined, coding: string | undefined, isWhole: boolean): Buffer | undefined {
  if (coding === undefined || body === undefined || body.length === 0) return body;
  return isWhole ? DECODERS[coding]?.(body) : undefined;
}
