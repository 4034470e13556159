import type { IncomingMessage } from "node:http";
import { Reason } from "@tessera/contracts/tessera/gateway/v1/reason_pb.ts";
import type { Exchange } from "../exchange.ts";
import { refuseHttp } from "../http-refusal.ts";

/** The bounds of a body. */
export interface BodyLimits {
  /** The largest body that is taken, in bytes. */
  bodyMaxBytes: number;
  /** How long a body may take to arrive, in milliseconds. */
  bodyTimeoutMs: number;
}

/** The client left before its body was complete: there is nobody to answer. */
export class ClientGone extends Error {
  override readonly name = "ClientGone";
}

/** Refuses a body of a media type that is not among `accepted`, or in a charset that is not taken. */
export function checkMediaType({ headers }: IncomingMessage, accepted: readonly string[]): void {
  const [type, ...parameters] = (headers["content-type"] ?? "")
    .toLowerCase()
    .split(";")
    .map((it) => it.trim());
  const charset = parameters.find((it) => it.startsWith("charset="))?.slice("charset=".length);
  const utf8 = charset === undefined || charset.replaceAll('"', "") === "utf-8";
  if (utf8 && accepted.includes(type ?? "")) return;
  throw refuseHttp(Reason.UNSUPPORTED_MEDIA_TYPE, {
    metadata: { accepted: accepted.join(", ") },
    detail: `The body must be ${accepted.join(" or ")}, in UTF-8`,
  });
}

/** Reads a body. Refuses with BODY_TOO_LARGE as soon as it is known, and with BODY_TOO_SLOW; keeps nothing then. */
export function readBody(exchange: Exchange, limits: BodyLimits): Promise<Buffer> {
  const { request, response } = exchange;
  const { bodyMaxBytes, bodyTimeoutMs } = limits;
  if (Number(request.headers["content-length"] ?? 0) > bodyMaxBytes)
    return Promise.reject(bodyTooLarge(bodyMaxBytes));
  if (request.destroyed) return Promise.reject(new ClientGone());
  if (request.headers.expect !== undefined) response.writeContinue();
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const settle = (act: () => void) => {
      clearTimeout(timer);
      request.off("data", take).off("end", end).off("close", gone).off("error", gone);
      // A request without this listener would throw what comes later.
      request.on("error", () => {});
      act();
    };
    const take = (chunk: Buffer) => {
      length += chunk.length;
      if (length > bodyMaxBytes) settle(() => reject(bodyTooLarge(bodyMaxBytes)));
      else chunks.push(chunk);
    };
    const end = () =>
      settle(() => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    const gone = () => settle(() => reject(new ClientGone()));
    const timer = setTimeout(() => settle(() => reject(bodyTooSlow(bodyTimeoutMs))), bodyTimeoutMs);
    request.on("data", take).on("end", end).on("close", gone).on("error", gone);
  });
}

export function bodyTooLarge(bytes: number) {
  return refuseHttp(Reason.BODY_TOO_LARGE, {
    metadata: { limit_bytes: String(bytes) },
    detail: `The body is larger than ${bytes} bytes`,
  });
}

export function bodyTooSlow(milliseconds: number) {
  return refuseHttp(Reason.BODY_TOO_SLOW, {
    metadata: { limit_ms: String(milliseconds) },
    detail: `The body took longer than ${milliseconds} ms to arrive`,
  });
}
