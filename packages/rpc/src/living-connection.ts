import { Code, ConnectError } from "@connectrpc/connect";
import { type Client, type StatusObject, status } from "@grpc/grpc-js";
import type { Channel, Channels } from "./channels.ts";

/** A call whose connection has not opened within this is made on another one as well, in milliseconds. */
const OPENING_MS = 1_500;
/** A stream, which may have no deadline, waits this long for its connection to open, in milliseconds. */
const STREAM_OPENING_MAX_MS = 5_000;
/** One call is made on at most this many connections, one after the other. */
const CONNECTIONS_MAX = 3;

/** One try of a call, on one connection. */
export interface Try {
  cancel(): void;
}

/** Makes a call on the connection of `client`; `settle` is called once, with its end. */
export type Send<T> = (client: Client, settle: (failure: StatusObject | null, value: T) => void) => Try;

/**
 * Makes a call that is answered once, on a connection that lives. A try whose connection breaks, or proves dead by not
 * answering a ping, is made again on another one; where the connection has not even opened, so that nothing was sent, the
 * next try is made beside it. The first answer counts. A slow answer is waited for: a living peer is not asked twice.
 *
 * A command may arrive twice by this. Its request id makes that one command.
 */
export function onLivingConnection<T>(
  channels: Channels,
  send: Send<T>,
  settle: Parameters<Send<T>>[1],
): Try {
  const underWay = new Set<Try>();
  let begun = 0;
  let isOver = false;
  const cancel = () => {
    isOver = true;
    for (const it of underWay) it.cancel();
  };
  const end: typeof settle = (error, value) => {
    cancel();
    settle(error, value);
  };
  const mayBegin = () => begun < CONNECTIONS_MAX && !channels.isClosed();
  const begin = (): void => {
    begun += 1;
    const channel = channels.take();
    const sent = send(channel.client, (error, value) => {
      clearTimeout(watching);
      channel.done();
      underWay.delete(sent);
      if (isOver) return;
      if (error === null || !isDropped(error)) end(error, value);
      else if (mayBegin()) begin();
      else if (underWay.size === 0) end(error, value);
    });
    underWay.add(sent);
    const look = () => {
      if (!channel.isOpening()) return void watching.refresh();
      channel.isLate();
      if (mayBegin()) begin();
    };
    const watching = setTimeout(look, OPENING_MS).unref();
  };
  begin();
  return {
    cancel: () => {
      // The attempts report the failure themselves.
      for (const it of underWay) it.cancel();
    },
  };
}

/**
 * Whether the connection of a call broke before the answer came. grpc-js tries such a call again itself, but no more than
 * five of those that one connection carried.
 */
function isDropped({ code, details }: StatusObject): boolean {
  return code === status.UNAVAILABLE && details === "Connection dropped";
}

/**
 * Cancels a stream whose connection has not opened in time, by `cancel`: nothing was sent, and who opens it again gets
 * another connection. `failure` says so once that happened.
 */
export function untilOpen(
  channel: Channel,
  cancel: () => void,
): { failure(): ConnectError | undefined; stop(): void } {
  let failure: ConnectError | undefined;
  const watching = setTimeout(() => {
    if (!channel.isOpening()) return;
    channel.isLate();
    failure = new ConnectError("the connection did not open in time", Code.Unavailable);
    cancel();
  }, STREAM_OPENING_MAX_MS);
  return { failure: () => failure, stop: () => clearTimeout(watching) };
}
