import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { connect as connectSocket } from "node:net";
import type { DescService } from "@bufbuild/protobuf";
import { type ConnectRouter, createRouterTransport } from "@connectrpc/connect";
import { SERVICES } from "@tessera/contracts/catalogue.ts";
import { ANONYMOUS } from "@tessera/rpc/caller.ts";
import { createLog } from "@tessera/runtime/log.ts";
import type { CorsOrigins } from "../browsers/cross-origin.ts";
import type { FindCaller } from "../find-caller.ts";
import type { Pages } from "../pages/pages.ts";
import { type RunningGateway, type ServeOptions, serveGateway } from "../serve-gateway.ts";
import type { OauthEndpoints } from "../streams/oauth-endpoints.ts";
import { checkAnswers } from "./answer-check.ts";

/** A gateway in front of handlers that the test wrote, reached through real sockets. */
export interface TestGateway extends RunningGateway {
  /** The lines of its log. */
  lines: Record<string, unknown>[];
  ask(method: string, path: string, options?: AskOptions): Promise<Answer>;
}

export interface AskOptions {
  headers?: Record<string, string>;
  /** Sent as JSON unless it is text or bytes. */
  body?: unknown;
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: what a test reads out of JSON is for the test to say
  json: any;
}

const LIMITS: ServeOptions["limits"] = {
  bodyMaxBytes: 1024 * 1024,
  bodyTimeoutMs: 500,
  requestsMax: 100,
  connectionsMax: 100,
  headersMaxBytes: 16 * 1024,
  headersTimeoutMs: 1_000,
  requestTimeoutMs: 2_000,
  keepAliveMs: 2_000,
};

export interface TestOptions {
  services?: readonly DescService[];
  limits?: Partial<ServeOptions["limits"]>;
  heartbeatMs?: number;
  oauth?: OauthEndpoints;
  pages?: Pages;
  corsOrigins?: CorsOrigins;
  spooledBytes?: number;
  /** Nobody is asked for a token unless it is given. */
  findCaller?: FindCaller;
}

/**
 * Starts a gateway whose services are the handlers that `routes` registers. Every answer is held against the OpenAPI document of
 * the services: `stop` throws if one is not as described.
 */
export async function testGateway(
  routes: (router: ConnectRouter) => void,
  {
    services = SERVICES,
    limits = {},
    heartbeatMs,
    oauth,
    pages,
    corsOrigins,
    spooledBytes,
    findCaller,
  }: TestOptions = {},
): Promise<TestGateway> {
  const transport = createRouterTransport(routes);
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const gateway = await serveGateway({
    services,
    transportFor: () => transport,
    findCaller: findCaller ?? (async () => ANONYMOUS),
    log: createLog({ name: "gateway", level: "info", destination }),
    host: "127.0.0.1",
    port: 0,
    drainMs: 0,
    limits: { ...LIMITS, ...limits },
    ...(heartbeatMs !== undefined && { heartbeatMs }),
    ...(corsOrigins !== undefined && { corsOrigins }),
    ...(spooledBytes !== undefined && { spooledBytes }),
    ...(oauth !== undefined && { oauth }),
    ...(pages !== undefined && { pages }),
  });
  const answers = checkAnswers(gateway.url, { services, maker: "handlers", hasPages: pages !== undefined });
  return {
    ...gateway,
    lines,
    ask: (method, path, options) => ask(gateway.url, method, path, options),
    stop: async () => {
      await gateway.stop();
      answers.stop();
    },
  };
}

/** Sends one request, the path exactly as it is written, and reads the whole answer. */
export function ask(url: string, method: string, path: string, options: AskOptions = {}): Promise<Answer> {
  const { hostname, port } = new URL(url);
  const { body } = options;
  const json = body !== undefined && typeof body !== "string" && !(body instanceof Uint8Array);
  const bytes = json ? JSON.stringify(body) : (body as string | Uint8Array | undefined);
  const length = bytes !== undefined && { "content-length": String(Buffer.byteLength(bytes)) };
  const headers = {
    ...(length && { "content-type": "application/json", ...length }),
    ...options.headers,
  };
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ hostname, port, method, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString("utf8");
        const type = response.headers["content-type"] ?? "";
        const isWhole = text !== "" && response.statusCode !== 206;
        const parsed = isWhole && /[/+](geo\+)?json$/.test(type) ? JSON.parse(text) : undefined;
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: parsed });
      });
    });
    sent.on("error", reject);
    sent.end(bytes);
  });
}

/** Writes bytes on a connection of their own, and reads until the other side closes it. */
export function raw(url: string, ...parts: (string | Uint8Array)[]): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connectSocket(Number(port), hostname, () => {
      for (const part of parts) socket.write(part);
    });
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
    });
    socket.on("error", () => {});
    socket.on("close", () => resolve(text));
  });
}
