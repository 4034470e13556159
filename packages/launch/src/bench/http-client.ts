import { Agent, request } from "node:http";

/** What came back. */
export interface Reply {
  status: number;
  etag: string;
  bytes: number;
}

/** Sends requests over connections that are kept. */
export interface HttpClient {
  send(method: string, path: string, headers: Record<string, string>, body?: object): Promise<Reply>;
  close(): void;
}

const SOCKETS_MAX = 1_000;

/** A client that reads no more of an answer than its size. Rejects what is no success. */
export function httpClient(url: string): HttpClient {
  const agent = new Agent({ keepAlive: true, maxSockets: SOCKETS_MAX });
  return {
    send: (method, path, headers, body) =>
      new Promise((resolve, reject) => {
        const text = body === undefined ? "" : JSON.stringify(body);
        const typed = body === undefined ? {} : { "content-type": "application/json" };
        const length = method === "GET" ? {} : { "content-length": Buffer.byteLength(text) };
        const sent = request(
          `${url}${path}`,
          { agent, method, headers: { ...headers, ...typed, ...length } },
          (reply) => {
            let bytes = 0;
            reply.on("data", (part: Buffer) => {
              bytes += part.length;
            });
            reply.on("end", () => {
              const status = reply.statusCode ?? 0;
              if (status < 200 || status > 299) reject(new Error(`${method} ${path}: HTTP status ${status}`));
              else resolve({ status, etag: reply.headers.etag?.replaceAll('"', "") ?? "", bytes });
            });
            reply.on("error", reject);
          },
        );
        sent.on("error", reject);
        sent.end(text);
      }),
    close: () => agent.destroy(),
  };
}
