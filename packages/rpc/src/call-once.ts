import { type Client, type Metadata, type StatusObject, status } from "@grpc/grpc-js";
import type { Try } from "./living-connection.ts";

/** A call with one request and one reply. */
export interface CallOnce {
  path: string;
  request: Buffer;
  metadata: Metadata;
  /** In milliseconds since the epoch. */
  deadline: number;
}

/**
 * Makes a call on a channel of grpc-js, without what its `Client` puts around each call: a layer of interceptors, an emitter,
 * and a stack trace for an error that may come. `settle` is called once.
 */
export function callOnce(
  client: Client,
  { path, request, metadata, deadline }: CallOnce,
  settle: (failure: StatusObject | null, reply: Buffer | undefined) => void,
): Try {
  const call = client.getChannel().createCall(path, deadline, null, null, null);
  let reply: Buffer | undefined;
  let isOver = false;
  call.start(metadata, {
    onReceiveMetadata: () => {},
    onReceiveMessage: (message: Buffer) => {
      reply = message;
    },
    onReceiveStatus: (it) => {
      if (isOver) return;
      isOver = true;
      if (it.code !== status.OK) settle(it, undefined);
      else if (reply !== undefined) settle(null, reply);
      else settle({ ...it, code: status.UNIMPLEMENTED, details: "No message received" }, undefined);
    },
  });
  call.startRead();
  call.sendMessageWithContext({}, request);
  call.halfClose();
  return { cancel: () => call.cancelWithStatus(status.CANCELLED, "Cancelled on client") };
}
