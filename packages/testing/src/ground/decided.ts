import { ConnectError } from "@connectrpc/connect";
import { refusalIn } from "@tessera/rpc/refusal-wire.ts";
import { isBug, untilDecided } from "@tessera/rpc/until-decided.ts";

/**
 * What comes of a call that is sent again, with the same request id, while nothing is decided: on a busy machine a call may
 * meet its deadline, or a service that is overloaded. Anything but that is thrown at once.
 */
export function decided<T>(send: () => Promise<T>): Promise<T> {
  return untilDecided(send, (error) => {
    if (!(error instanceof ConnectError) || isBug(error)) return "a bug";
    return refusalIn(error)?.reason.name;
  });
}
