import {
  create,
  type DescMessage,
  type DescMethod,
  type MessageInitShape,
  type MessageShape,
} from "@bufbuild/protobuf";
import { Code, ConnectError, type Transport, type UnaryResponse } from "@connectrpc/connect";
import {
  type ChannelOptions,
  type ClientDuplexStream,
  credentials,
  Metadata,
  type ServiceError,
  type StatusObject,
} from "@grpc/grpc-js";
import { callOnce } from "./call-once.ts";
import { channels } from "./channels.ts";
import { asTheyAre, decode, encode, pathOf, unreadMessage } from "./codec.ts";
import { isAboutToken, ownFault } from "./credential-fault.ts";
import { defaultMs } from "./deadline.ts";
import { drained } from "./drained.ts";
import { onLivingConnection, untilOpen } from "./living-connection.ts";
import { refusalToError } from "./refusal-wire.ts";
import { withRequestId } from "./request-id.ts";
import { MESSAGE_MAX_BYTES, messageTooLarge } from "./server-call.ts";

import { statusToError } from "./status.ts";
import type { Tls } from "./tls.ts";
import { within } from "./within.ts";

/** A reply may be as large as this, in bytes. */
const REPLY_MAX_BYTES = 4 * MESSAGE_MAX_BYTES;

/** Only what certainly did nothing, or what the request id makes safe, is tried again: UNAVAILABLE, 5 times in all. */
const SERVICE_CONFIG = {
  loadBalancingConfig: [{ round_robin: {} }],
  retryThrottling: { maxTokens: 10, tokenRatio: 0.1 },
  methodConfig: [
    {
      name: [{}],
      retryPolicy: {
        maxAttempts: 5,
        initialBackoff: "0.05s",
        maxBackoff: "1s",
        backoffMultiplier: 2,
        retryableStatusCodes: ["UNAVAILABLE"],
      },
    },
  ],
};

const CHANNEL: ChannelOptions = {
  "grpc.service_config": JSON.stringify(SERVICE_CONFIG),
  // A peer that went away without a word is noticed when it answers no ping: within 3.5 s, so that a call with the default
  // deadline has time for another connection. A peer that is only slow answers pings.
  "grpc.keepalive_time_ms": 1_000,
  "grpc.keepalive_timeout_ms": 2_500,
  "grpc.initial_reconnect_backoff_ms": 100,
  "grpc.max_reconnect_backoff_ms": 2_000,
  "grpc.max_receive_message_length": REPLY_MAX_BYTES,
  "grpc-node.flow_control_window": 1024 * 1024,
};

/** What a connection is made of, beside the address. */
export interface ConnectOptions {
  /**
   * Replaces what a call carries as `authorization`. A call whose replaced token is refused gets another and is sent once
   * more; a second refusal is UNAVAILABLE, because the caller's own token was not refused.
   */
  onBehalf?: Exchange;
  /** Without it, calls travel in clear. */
  tls?: Tls | undefined;
  /** The RPCs whose replies are left in binary until somebody reads them (see `unreadMessage`); none, without it. */
  isUnread?: (method: DescMethod) => boolean;
}

/** A connection to one service. */
export interface Connection extends Transport {
  close(): void;
}

/**
 * Connects Connect's clients to a service, on the wire of grpc-js.
 *
 * `address` is a target of gRPC such as "task:50051" or "dns:///task:50051"; with several addresses behind a name calls
 * go to each in turn. A unary call without a deadline gets the one that its contract names; a command without a request
 * id gets one before its first try; a request that the other end would not take is refused before it is sent.
 */
export function connect(address: string, { onBehalf, tls, isUnread }: ConnectOptions = {}): Connection {
  const open = channels(address, tls?.channel ?? credentials.createInsecure(), CHANNEL);
  return {
    close: () => open.close(),
    unary: async (method, signal, timeoutMs, header, input) => {
      const request = encode(method.input, withRequestId(method, create(method.input, input)));
      if (request.length > MESSAGE_MAX_BYTES) throw refusalToError(messageTooLarge());
      const metadata = metadataOf(header);
      const deadline = Date.now() + (timeoutMs ?? defaultMs(method));
      const ask = (): Promise<UnaryResponse<typeof method.input, typeof method.output>> => {
        const read = readerOf(method, isUnread);
        return new Promise((resolve, reject) => {
          const sent = { path: pathOf(method), request, metadata, deadline };
          const call = onLivingConnection<Buffer | undefined>(
            open,
            (client, settle) => callOnce(client, sent, settle),
            (failure, reply) => {
              signal?.removeEventListener("abort", cancel);
              if (failure !== null || reply === undefined)
                return reject(statusToError(failure as StatusObject));
              try {
                resolve({ ...emptyHeaders(method), stream: false, method, message: read(reply) });
              } catch (error) {
                reject(new ConnectError("the reply cannot be read", Code.Internal, undefined, [], error));
              }
            },
          );
          const cancel = () => call.cancel();
          onAbort(signal, cancel);
        });
      };
      return onBehalf ? withExchange(metadata, { onBehalf, deadline, ask }) : ask();
    },
    stream: async (method, signal, timeoutMs, header, input) => {
      const metadata = metadataOf(header);
      const deadline = timeoutMs === undefined ? Number.POSITIVE_INFINITY : Date.now() + timeoutMs;
      const carried = onBehalf && (await exchanged(metadata, { onBehalf, deadline }));
      const channel = open.take();
      const call = channel.client.makeBidiStreamRequest(
        pathOf(method),
        asTheyAre,
        asTheyAre,
        metadata,
        timeoutMs === undefined ? {} : { deadline },
      );
      const cancel = () => call.cancel();
      onAbort(signal, cancel);
      const opening = untilOpen(channel, cancel);
      call.once("close", () => {
        opening.stop();
        channel.done();
        signal?.removeEventListener("abort", cancel);
      });
      void send(method, input, call);
      const message = receive(readerOf(method, isUnread), call, (error) =>
        blame(opening.failure() ?? error, onBehalf, carried),
      );
      return { ...emptyHeaders(method), stream: true, method, message };
    },
  };
}

/** Writes the requests of a stream, no faster than they are taken. A failure shows on the receiving side. */
async function send<I extends DescMessage>(
  method: DescMethod & { input: I },
  input: AsyncIterable<MessageInitShape<I>>,
  call: ClientDuplexStream<Buffer, Buffer>,
): Promise<void> {
  let closed = false;
  call.once("close", () => {
    closed = true;
  });
  try {
    let first = true;
    for await (const init of input) {
      // Answered before all was sent: what else there is, nobody wants.
      if (closed) return;
      const message = create(method.input, init);
      const bytes = encode(method.input, first ? withRequestId(method, message) : message);
      first = false;
      if (!call.write(bytes)) await drained(call);
    }
    call.end();
  } catch {
    call.cancel();
  }
}

/** How the replies of an RPC are read. */
function readerOf<O extends DescMessage>(
  method: DescMethod & { output: O },
  isUnread: ConnectOptions["isUnread"],
): (bytes: Buffer) => MessageShape<O> {
  const read = isUnread?.(method) ? unreadMessage : decode;
  return (bytes) => read(method.output, bytes);
}

async function* receive(
  read: (bytes: Buffer) => unknown,
  call: ClientDuplexStream<Buffer, Buffer>,
  failureOf: (error: ConnectError) => Promise<ConnectError>,
) {
  try {
    for await (const bytes of call) yield read(bytes as Buffer) as never;
  } catch (error) {
    throw await failureOf(statusToError(error as ServiceError));
  } finally {
    call.cancel();
  }
}

function metadataOf(header: ConstructorParameters<typeof Headers>[0]): Metadata {
  const metadata = new Metadata();
  if (header !== undefined) {
    const entries = header instanceof Headers || Array.isArray(header) ? header : Object.entries(header);
    for (const [key, value] of entries as Iterable<[string, string]>) metadata.set(key, value);
  }
  return metadata;
}

/** What a call carries: the caller's authorization, and what it was replaced by. */
interface Carried {
  given: string;
  used: string;
}

interface Exchanging {
  onBehalf: Exchange;
  /** Nobody waits for a token beyond it. */
  deadline: number;
}

/** Replaces what a call carries; undefined for a call of nobody. */
async function exchanged(
  metadata: Metadata,
  { onBehalf, deadline }: Exchanging,
  before?: Carried,
): Promise<Carried | undefined> {
  const [given] = before ? [before.given] : metadata.get("authorization");
  if (typeof given !== "string") return undefined;
  const token = onBehalf(given, before?.used);
  const used = await (deadline === Number.POSITIVE_INFINITY ? token : within(token, deadline - Date.now()));
  metadata.set("authorization", used);
  return { given, used };
}

async function withExchange<T>(
  metadata: Metadata,
  { ask, ...exchanging }: Exchanging & { ask: () => Promise<T> },
): Promise<T> {
  const first = await exchanged(metadata, exchanging);
  try {
    return await ask();
  } catch (error) {
    if (first === undefined || !isAboutToken(error)) throw error;
    const second = await exchanged(metadata, exchanging, first);
    // The caller's own token was passed on, and is what was refused.
    if (second === undefined || second.used === first.used) throw error;
    return ask().catch((again: unknown) => {
      throw isAboutToken(again) && second.used !== second.given ? ownFault(again) : again;
    });
  }
}

/**
 * The failure of a stream. A stream whose token was refused is not reopened here; its caller reopens it with another
 * token.
 */
async function blame(
  error: ConnectError,
  onBehalf: Exchange | undefined,
  carried: Carried | undefined,
): Promise<ConnectError> {
  if (onBehalf === undefined || carried === undefined || !isAboutToken(error)) return error;
  try {
    const used = await onBehalf(carried.given, carried.used);
    return used === carried.used ? error : ownFault(error);
  } catch (failure) {
    return ConnectError.from(failure);
  }
}

function onAbort(signal: AbortSignal | undefined, cancel: () => void): void {
  if (signal?.aborted) cancel();
  else signal?.addEventListener("abort", cancel, { once: true });
}

const NO_HEADERS = new Headers();

/** Nothing of ours travels in headers or trailers, so none are collected. */
function emptyHeaders(method: DescMethod) {
  return { service: method.parent, header: NO_HEADERS, trailer: NO_HEADERS };
}

/**
 * Returns what a call carries in place of `authorization`. `refused` is what this function returned before and the other
 * end refused: it is replaced, once for all who ask at once.
 */
export type Exchange = (authorization: string, refused?: string) => Promise<string>;
