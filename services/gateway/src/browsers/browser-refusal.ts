import type { IncomingMessage, ServerResponse } from "node:http";
import { Code, ConnectError } from "@connectrpc/connect";
import { encodeEnvelope } from "@connectrpc/connect/protocol";
import { codeToHttpStatus, endStreamToJson, errorToJson } from "@connectrpc/connect/protocol-connect";
import { setTrailerStatus } from "@connectrpc/connect/protocol-grpc";
import { Refusal } from "@tessera/rpc/refusal.ts";
import { refusalIn, refusalToError } from "@tessera/rpc/refusal-wire.ts";
import { challengeOf } from "../problems/challenge.ts";

/** The flag of the last envelope of a Connect stream. */
const END_OF_STREAM = 0b10;

/** Answers a call of Connect or gRPC-Web that is refused before its body is read, each in its own form. */
export function refuseBrowser(request: IncomingMessage, response: ServerResponse, thrown: unknown): void {
  if (response.headersSent || response.destroyed) return;
  const error = errorOf(thrown);
  const type = request.headers["content-type"] ?? "";
  const challenge = challengeOf(refusalIn(error), request.headers.authorization !== undefined);
  if (challenge !== undefined) response.setHeader("WWW-Authenticate", challenge);
  if (type.startsWith("application/grpc-web")) {
    const trailers = new Headers();
    setTrailerStatus(trailers, error);
    response.writeHead(200, { "Content-Type": type, ...Object.fromEntries(trailers) });
    response.end();
  } else if (type.startsWith("application/connect+")) {
    const end = JSON.stringify(endStreamToJson(new Headers(), error, undefined));
    response.writeHead(200, { "Content-Type": type });
    response.end(encodeEnvelope(END_OF_STREAM, Buffer.from(end)));
  } else {
    response.writeHead(codeToHttpStatus(error.code), { "Content-Type": "application/json" });
    response.end(JSON.stringify(errorToJson(error, undefined)));
  }
}

/** What nobody meant to throw says nothing of the inside. */
function errorOf(thrown: unknown): ConnectError {
  if (thrown instanceof Refusal) return refusalToError(thrown);
  return thrown instanceof ConnectError ? thrown : new ConnectError("", Code.Internal);
}
