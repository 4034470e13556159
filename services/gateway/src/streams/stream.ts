import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { Message } from "@bufbuild/protobuf";
import { repeat } from "@tessera/runtime/repeat.ts";
import { type Caller, callStream, type TransportFor } from "../call.ts";
import { type Outlet, openOutlet } from "../compression/coded-stream.ts";
import type { Inclusion } from "../documents/included.ts";
import type { Listing } from "../documents/listing.ts";
import { contentType, type Offer } from "../documents/negotiate.ts";
import type { Exchange } from "../exchange.ts";
import type { Shown } from "../problems/problem.ts";
import { setFieldValue } from "../requests/field-value.ts";
import { drained } from "./drained.ts";
import { endWith } from "./end-with.ts";
import { answerList } from "./list-stream.ts";
import { isShared, readShared, type StreamGroups } from "./shared-stream.ts";
import { type Frames, framesOf } from "./stream-frames.ts";

/** How often a stream that has nothing to say shows that it lives, in milliseconds. */
const HEARTBEAT_MS = 15_000;

/** What a stream needs. */
export interface StreamDeps {
  transportFor: TransportFor;
  /** Aborts when this process is to end: endless streams end then, and their clients resume. */
  draining: AbortSignal;
  /** Those who read the same. */
  groups: StreamGroups;
  /** Between two signs of life; 15,000 unless a test says otherwise. */
  heartbeatMs?: number;
}

/** What is sent to a service, and what is known of what it streams. */
export interface Asked {
  message: Message;
  listing: Listing | undefined;
  /** What else a list includes, if anything. */
  inclusion?: Inclusion | undefined;
}

/**
 * Sends the answer of a streaming RPC, as fast as the client reads it.
 *
 * What fails before the first message is thrown, for an ordinary problem document. What fails later ends the stream
 * with a record that says so; a form that has none is cut off, so that it does not look complete.
 */
export async function answerStream(
  deps: StreamDeps,
  exchange: Exchange,
  { route, form }: Offer,
  { message, listing, inclusion }: Asked,
  caller: Caller,
  problemOf: (error: unknown) => Shown,
): Promise<void> {
  const { response } = exchange;
  // A client of events reconnects after the end, whether or not there is a position to resume after.
  const endless = route.position !== undefined || form === "sse";
  const ends = endWith(endless ? [caller.signal, deps.draining] : [caller.signal]);
  const frames = framesOf(route, form, listing?.chosen);
  let outlet: Outlet | undefined;
  const open = () => {
    outlet ??= openStream(exchange, { "Content-Type": contentType(form), ...listing?.fileHeaders }, frames);
    return outlet;
  };
  const stopBeating = beat(response, frames, open, deps.heartbeatMs ?? HEARTBEAT_MS);
  const finish = () => open().end(frames.closing);
  try {
    const { transportFor, groups } = deps;
    const reading = { ...caller, signal: ends.signal };
    if (form === "sse" && exchange.method !== "HEAD" && isShared(route, message)) {
      const { frame } = frames;
      await readShared(groups, { route, message, transportFor, caller: reading, response, open, frame });
      return finish();
    }
    const messages = await callStream(transportFor, route, message, reading);
    if (route.etag && listing) {
      const openWith = (headers: OutgoingHttpHeaders) => {
        outlet = openOutlet(exchange, headers);
        return outlet;
      };
      const readAgain = (known: string) => {
        if (route.knownEtag) setFieldValue(message, route.knownEtag, known);
        return callStream(transportFor, route, message, reading);
      };
      const newFrames = () => framesOf(route, form, listing.chosen);
      const streamed = { messages, readAgain, listing, newFrames, inclusion, openWith };
      await answerList(exchange, { route, form }, streamed, ends.signal);
      return;
    }
    await pump(messages, frames, exchange, open, ends.signal);
    finish();
  } catch (error) {
    if (caller.signal.aborted) return;
    if (endless && deps.draining.aborted) finish();
    else if (!response.headersSent) throw error;
    else fail(exchange, outlet, frames, problemOf(error));
  } finally {
    stopBeating();
    ends.now();
  }
}

async function pump(
  messages: AsyncIterable<Message>,
  frames: Frames,
  exchange: Exchange,
  open: () => Outlet,
  signal: AbortSignal,
): Promise<void> {
  for await (const message of messages) {
    const outlet = open();
    // HEAD asks whether there is an answer: there is.
    if (exchange.method === "HEAD") return;
    if (!outlet.write(frames.frame(message))) await drained(outlet.target, signal);
  }
}

function openStream(exchange: Exchange, own: OutgoingHttpHeaders, { opening }: Frames): Outlet {
  const { request } = exchange;
  // Silence between two events is not the idleness that the server's own timer is for.
  request.socket.setTimeout(0);
  const headers = {
    ...own,
    "Cache-Control": "no-store, no-transform",
    "X-Accel-Buffering": "no",
    Vary: "Accept, Authorization",
  };
  const outlet = openOutlet(exchange, headers);
  outlet.write(opening);
  return outlet;
}

function fail(
  exchange: Exchange,
  outlet: Outlet | undefined,
  frames: Frames,
  { problem, refusal }: Shown,
): void {
  exchange.reason = refusal?.reason.name ?? String(problem.status);
  if (frames.failure === undefined || outlet === undefined) exchange.response.destroy();
  else outlet.end(frames.failure(problem));
}

/** A sign of life also opens the stream, so that a client which waits for the first event knows that it is connected. */
function beat(
  response: ServerResponse,
  { heartbeat }: Frames,
  open: () => void,
  everyMs: number,
): () => void {
  if (heartbeat === undefined) return () => {};
  const work = () => {
    open();
    if (!response.writableNeedDrain) response.write(heartbeat);
  };
  const beating = repeat({ everyMs, work, later: true });
  return () => void beating.stop();
}
