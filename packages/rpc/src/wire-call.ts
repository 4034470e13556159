import type { ServerSurfaceCall } from "@grpc/grpc-js/build/src/server-call.js";
import type { DirectStream } from "./direct.ts";
import { namesIn } from "./tls.ts";

/** One call as it arrived, whatever carries it. */
export interface WireCall {
  readonly path: string;
  /** Until when the caller waits, in milliseconds since the epoch; Infinity where it sets no deadline. */
  readonly deadlineMs: number;
  /** The client, as its connection shows it. */
  readonly peer: Peer;
  /** The first value of a header. */
  header(name: string): string | undefined;
  /** How often the header `authorization` was given. */
  readonly authorizations: number;
  /** Its stream of answers, where it can be written to directly. */
  readonly direct?: DirectStream;
  /** Calls `notify` when the stream of the call closes, answered or not. */
  onClose(notify: () => void): void;
}

/** A client, as its connection shows it. */
export interface Peer {
  /** Without the port. */
  readonly address: string;
  /** What its certificate calls it; none for a connection in clear. */
  readonly names: readonly string[];
}

/** A call that grpc-js carries. */
export function carriedByGrpcJs(call: ServerSurfaceCall): WireCall {
  const header = (name: string) => {
    const [value] = call.metadata.get(name);
    return typeof value === "string" ? value : undefined;
  };
  return {
    path: call.getPath(),
    deadlineMs: Number(call.getDeadline()),
    get peer() {
      const certificate = call.getAuthContext().sslPeerCertificate;
      const names = certificate === undefined ? [] : namesIn(certificate);
      return { address: call.getPeer().replace(/:[0-9]+$/, ""), names };
    },
    header,
    get authorizations() {
      return call.metadata.get("authorization").length;
    },
    onClose: (notify) => void call.on("cancelled", notify),
  };
}
