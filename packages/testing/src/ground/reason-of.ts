import { Code, ConnectError } from "@connectrpc/connect";
import { refusalIn } from "@tessera/rpc/refusal-wire.ts";

/** What comes of a call: "OK", the name of the reason against it, or the code of a failure that has no reason. */
export function reasonOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => "OK",
    (error: unknown) => {
      if (!(error instanceof ConnectError)) throw error;
      return refusalIn(error)?.reason.name ?? (Code[error.code] as string);
    },
  );
}
