import { type ClientHttp2Stream, constants } from "node:http2";
import { BlockList } from "node:net";
import {
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
  type StatusObject,
  status as statusCode,
} from "@grpc/grpc-js";
import { Reason, ReasonSchema } from "@tessera/contracts/tessera/rpc/v1/reason_pb.ts";
import { refusals } from "../refusal.ts";
import { refusalToError } from "../refusal-wire.ts";
import { messageTooLarge } from "../server-call.ts";
import { errorToStatus } from "../status.ts";
import type { Arrivals } from "./arrivals.ts";
import { clientAddress } from "./client-address.ts";

const refuse = refusals(ReasonSchema);
const NOBODY = new BlockList();

/** What of a call of grpc-js is seen nowhere else: its stream, and the status that grpc-js itself sends. */
interface BaseCall {
  stream: ClientHttp2Stream;
  sendStatus(status: Partial<StatusObject>): void;
}

/** Counts the calls that grpc-js takes among those that arrive. */
export function countedByGrpcJs(arrivals: Arrivals): ServerInterceptor {
  return (method, call) => {
    const base = typedStatus(call);
    return new ServerInterceptingCall(call, {
      start: (next) => {
        let isOver = false;
        const arriving = arrivals.begin(addressOf(call), (error) => {
          isOver = true;
          base.sendStatus(errorToStatus(error));
          // A client that still sends learns that nobody reads.
          setImmediate(() => base.stream.close(constants.NGHTTP2_NO_ERROR));
        });
        if (isOver) return;
        base.stream.on("data", (part: Buffer) => arriving.take(part.length));
        // However the call ends: grpc-js reports it only if it was not answered.
        base.stream.once("close", () => arriving.arrived());
        next({
          onReceiveMessage: (message, pass) => {
            // Of a request that is one message, the end belongs to it: the handler waits for that.
            if (method.requestStream) arriving.arrived();
            pass(message);
          },
          onReceiveHalfClose: (pass) => {
            arriving.arrived();
            pass();
          },
        });
      },
    });
  };
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
