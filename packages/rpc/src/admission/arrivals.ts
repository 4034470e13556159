import { Code, ConnectError } from "@connectrpc/connect";
import { repeat } from "@tessera/runtime/repeat.ts";
import { refusalToError } from "../refusal-wire.ts";
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

interface Arrival {
  address: string;
  sinceMs: number;
  bytes: number;
  /** Ends the call with an error. */
  end(error: ConnectError): void;
}

interface Sum {
  calls: number;
  bytes: number;
}

/** A call whose request is arriving. */
export interface Arriving {
  /** More of its request came. Ends the call where that is too much. */
  take(bytes: number): void;
  /** Its request is whole, or the call has ended. */
  arrived(): void;
}

/** Counts calls from their first byte. */
export interface Arrivals {
  /** Counts a call, which `end` ends: at once where there are too many, or later. */
  begin(address: string, end: (error: ConnectError) => void): Arriving;
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
    if (arriving.delete(arrival)) count(arrival, -1, -arrival.bytes);
    else if (arrival.bytes > 0) count(arrival, 0, -arrival.bytes);
    arrival.bytes = 0;
  };
  const end = (arrival: Arrival, error: ConnectError) => {
    arrived(arrival);
    arrival.end(error);
  };
  const take = (arrival: Arrival, bytes: number) => {
    arrival.bytes += bytes;
    const sum = count(arrival, 0, bytes);
    const tooMany = all.bytes > limits.bytesMax || sum.bytes > limits.bytesOfAddressMax;
    if (tooMany) end(arrival, refusalToError(overloaded()));
  };
  const late = new ConnectError("the request did not arrive in time", Code.DeadlineExceeded);
  const look = () => {
    for (const it of lateAmong(arriving, limits.arriveMaxMs)) end(it, late);
  };
  const looking = repeat({ everyMs: Math.min(LOOK_MS, limits.arriveMaxMs), work: look, later: true });
  return {
    begin: (address, endCall) => {
      const arrival: Arrival = { address, sinceMs: performance.now(), bytes: 0, end: endCall };
      arriving.add(arrival);
      const sum = count(arrival, 1, 0);
      if (all.calls > limits.callsMax || sum.calls > limits.callsOfAddressMax)
        end(arrival, refusalToError(overloaded()));
      return { take: (bytes) => take(arrival, bytes), arrived: () => arrived(arrival) };
    },
    stop: () => void looking.stop(),
  };
}

/** Those that came first are late first. */
function* lateAmong(arriving: Iterable<Arrival>, arriveMaxMs: number): Generator<Arrival> {
  const before = performance.now() - arriveMaxMs;
  for (const arrival of arriving) {
    if (arrival.sinceMs > before) return;
    yield arrival;
  }
}
