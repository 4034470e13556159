import { type ClientHttp2Stream, constants } from "node:http2";
import { BlockList } from "node:net";
import { Code, ConnectError } from "@connectrpc/connect";
import {
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
  type StatusObject,
  status as statusCode,
} from "@grpc/grpc-js";
import { Reason, ReasonSchema } from "@tessera/contracts/tessera/rpc/v1/reason_pb.ts";
import { repeat } from "@tessera/runtime/repeat.ts";
import { refusals } from "../refusal.ts";
import { refusalToError } from "../refusal-wire.ts";
import { messageTooLarge } from "../server-call.ts";
import { errorToStatus } from "../status.ts";
import { clientAddress } from "./client-address.ts";
import { overloaded } from "./work-queue.ts";

/** The bounds of calls whose request has not arrived yet. */
export interface ArrivalLimits {
  /** How many there may be in the process, and from one address. */
  callsMax: number;
  callsOfAddressMax: number;
  /** How many bytes of requests that are not whole there may be in the process, and from one address. */
  bytesMax: number;
  bytesOfAddressMax: number;
  /** How long a request, or the first message of a stream of them, may take to arrive, in milliseconds. */
  arriveMaxMs: number;
}

const LIMITS: ArrivalLimits = {
  callsMax: 4_096,
  callsOfAddressMax: 1_024,
  bytesMax: 256 * 1024 * 1024,
  bytesOfAddressMax: 64 * 1024 * 1024,
  arriveMaxMs: 10_000,
};
/** How often those that take too long are looked for, in milliseconds. */
const LOOK_MS = 500;

const refuse = refusals(ReasonSchema);
const NOBODY = new BlockList();

/** What of a call of grpc-js is seen nowhere else: its stream, and the status that grpc-js itself sends. */
interface BaseCall {
  stream: ClientHttp2Stream;
  sendStatus(status: Partial<StatusObject>): void;
}

interface Arrival {
  base: BaseCall;
  address: string;
  sinceMs: number;
  bytes: number;
}

interface Sum {
  calls: number;
  bytes: number;
}

/** Counts calls from their first byte. */
export interface Arrivals {
  interceptor: ServerInterceptor;
  stop(): void;
}

/**
 * Counts and times calls from their first byte until their request has arrived, which no handler sees: calls that never
 * send theirs, or send half of it, do not stay, and hold no more memory than a bound.
 */
export function arrivals(changes: Partial<ArrivalLimits> = {}): Arrivals {
  const limits = { ...LIMITS, ...changes };
  /** In the order of their arrival. */
  const arriving = new Set<Arrival>();
  const all: Sum = { calls: 0, bytes: 0 };
  const byAddress = new Map<string, Sum>();

  const count = ({ address }: Arrival, calls: number, bytes: number): Sum => {
    const sum = byAddress.get(address) ?? { calls: 0, bytes: 0 };
    for (const it of [all, sum]) {
      it.calls += calls;
      it.bytes += bytes;
    }
    if (sum.calls === 0 && sum.bytes === 0) byAddress.delete(address);
    else byAddress.set(address, sum);
    return sum;
  };
  const arrived = (arrival: Arrival) => {
    if (arriving.delete(arrival)) count(arrival, -1, 0);
    count(arrival, 0, -arrival.bytes);
    arrival.bytes = 0;
  };
  const end = (arrival: Arrival, error: ConnectError) => {
    arrived(arrival);
    arrival.base.sendStatus(errorToStatus(error));
    // A client that still sends learns that nobody reads.
    setImmediate(() => arrival.base.stream.close(constants.NGHTTP2_NO_ERROR));
  };
  const take = (arrival: Arrival, bytes: number) => {
    arrival.bytes += bytes;
    const sum = count(arrival, 0, bytes);
    const tooMany = all.bytes > limits.bytesMax || sum.bytes > limits.bytesOfAddressMax;
    if (tooMany) end(arrival, refusalToError(overloaded()));
  };

  const interceptor: ServerInterceptor = (method, call) => {
    const base = typedStatus(call);
    const arrival: Arrival = { base, address: addressOf(call), sinceMs: performance.now(), bytes: 0 };
    return new ServerInterceptingCall(call, {
      start: (next) => {
        arriving.add(arrival);
        const sum = count(arrival, 1, 0);
        if (all.calls > limits.callsMax || sum.calls > limits.callsOfAddressMax)
          return end(arrival, refusalToError(overloaded()));
        base.stream.on("data", (part: Buffer) => take(arrival, part.length));
        // However the call ends: grpc-js reports it only if it was not answered.
        base.stream.once("close", () => arrived(arrival));
        next({
          onReceiveMessage: (message, pass) => {
            // Of a request that is one message, the end belongs to it: the handler waits for that.
            if (method.requestStream) arrived(arrival);
            pass(message);
          },
          onReceiveHalfClose: (pass) => {
            arrived(arrival);
            pass();
          },
        });
      },
    });
  };
  const late = new ConnectError("the request did not arrive in time", Code.DeadlineExceeded);
  const look = () => {
    for (const it of lateAmong(arriving, limits.arriveMaxMs)) end(it, late);
  };
  const looking = repeat({ everyMs: Math.min(LOOK_MS, limits.arriveMaxMs), work: look, later: true });
  return { interceptor, stop: () => void looking.stop() };
}

/** Those that came first are late first. */
function* lateAmong(arriving: Iterable<Arrival>, arriveMaxMs: number): Generator<Arrival> {
  const before = performance.now() - arriveMaxMs;
  for (const arrival of arriving) {
    if (arrival.sinceMs > before) return;
    yield arrival;
  }
}

function addressOf(call: ServerInterceptingCallInterface): string {
  return clientAddress(NOBODY, call.getPeer().replace(/:[0-9]+$/, ""), undefined);
}

/** Puts our reasons in place of what grpc-js itself says about a request that it cannot read. */
function typedStatus(call: ServerInterceptingCallInterface): BaseCall {
  const base = call as unknown as BaseCall;
  const send = base.sendStatus;
  base.sendStatus = (status) => send.call(base, typed(status));
  return base;
}

function typed(status: Partial<StatusObject>): Partial<StatusObject> {
  const { code, details = "" } = status;
  if (code === statusCode.RESOURCE_EXHAUSTED && /^Received message (larger|that decompresses)/.test(details))
    return errorToStatus(refusalToError(messageTooLarge()));
  if (code === statusCode.INTERNAL && /^(Failed to decompress message|Invalid grpc-timeout)/.test(details))
    return errorToStatus(refusalToError(refuse(Reason.MESSAGE_MALFORMED, { detail: details })));
  return status;
}
