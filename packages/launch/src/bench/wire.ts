import { type ClientHttp2Session, connect } from "node:http2";
import {
  create,
  type DescMessage,
  type DescMethod,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";

/**
 * gRPC by hand: one HTTP/2 stream for each call, and nothing else. A client library costs more than the service does; on
 * a machine that client and service share, it is most of what would be measured.
 */
export interface Wire {
  call<I extends DescMessage, O extends DescMessage>(
    method: DescMethod & { input: I; output: O },
    token: string | undefined,
    request: MessageInitShape<I>,
  ): Promise<MessageShape<O>>;
  /** The same with messages in binary, for a service whose contract is not ours. */
  callBytes(path: string, token: string | undefined, request: Uint8Array): Promise<Uint8Array>;
  close(): void;
}

/** Of a message on the wire: one byte of flags, four of length. */
const PREFIX = 5;
/** The most concurrent streams of a connection; more callers get more connections. */
const STREAMS_MAX = 16;

/** Opens as many connections to a service as `callers` need. */
export function wire(address: string, callers: number): Wire {
  const count = Math.ceil(callers / STREAMS_MAX);
  const sessions = Array.from({ length: count }, () => connect(`http://${address}`));
  let next = 0;
  const callBytes: Wire["callBytes"] = (path, token, request) =>
    exchange(sessions[next++ % sessions.length] as ClientHttp2Session, path, token, request);
  return {
    callBytes,
    call: async (method, token, request) => {
      const message = toBinary(method.input, create(method.input, request));
      const answer = await callBytes(`/${method.parent.typeName}/${method.name}`, token, message);
      return fromBinary(method.output, answer);
    },
    close: () => {
      for (const session of sessions) session.close();
    },
  };
}

function exchange(
  session: ClientHttp2Session,
  path: string,
  token: string | undefined,
  message: Uint8Array,
): Promise<Uint8Array> {
  const frame = Buffer.allocUnsafe(PREFIX + message.length);
  frame.writeUInt8(0, 0);
  frame.writeUInt32BE(message.length, 1);
  frame.set(message, PREFIX);
  return new Promise((resolve, reject) => {
    const stream = session.request({
      ":method": "POST",
      ":path": path,
      "content-type": "application/grpc+proto",
      te: "trailers",
      "grpc-timeout": "10S",
      ...(token && { authorization: `Bearer ${token}` }),
    });
    const parts: Buffer[] = [];
    let status = "";
    let text = "";
    const note = (headers: Record<string, unknown>) => {
      status = String(headers["grpc-status"] ?? status);
      text = String(headers["grpc-message"] ?? text);
    };
    stream.on("response", note);
    stream.on("trailers", note);
    stream.on("data", (part: Buffer) => parts.push(part));
    stream.on("error", reject);
    stream.on("end", () => {
      if (status === "0") resolve(Buffer.concat(parts).subarray(PREFIX));
      else reject(new Error(`${path}: gRPC status ${status} ${text}`));
    });
    stream.end(frame);
  });
}
