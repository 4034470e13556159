import type { DescMessage, DescMethodUnary, MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import { create } from "@bufbuild/protobuf";
import { ConnectError } from "@connectrpc/connect";
import { Refusal } from "@tessera/rpc/refusal.ts";
import { refusalIn } from "@tessera/rpc/refusal-wire.ts";
import type { Deps } from "../deps.ts";
import type { Visit } from "../visits/visit.ts";
import { numberRefusal } from "./number-refusal.ts";

/** Calls unary RPCs with these headers. A refusal of a service is thrown as the Refusal that it is. */
export function asker(deps: Deps, { headers, signal }: Visit["call"]): Visit["ask"] {
  return async <I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>,
    request: MessageInitShape<I>,
  ): Promise<MessageShape<O>> => {
    try {
      const transport = deps.transportFor(method.parent);
      const { message } = await transport.unary(method, signal, undefined, headers, request);
      return message;
    } catch (error) {
      const refusal = refusalOf(error);
      throw refusal instanceof Refusal
        ? refusal
        : (numberRefusal(create(method.input, request), method.input) ?? refusal);
    }
  };
}

/** The refusal that an error of a call carries; else the error itself. */
export function refusalOf(error: unknown): unknown {
  return (error instanceof ConnectError && refusalIn(error)) || error;
}
