import { TextKind } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { plainTextOf } from "@tessera/rpc/validation/text.ts";

/** A name has at most this many characters, as the contract says. */
const NAME_MAX = 200;

/** The name of a clone: the requested one, or else "Copy of" and the name of the original. */
export function nameOfClone(asked: string | undefined, original: string): string {
  return asked ?? plainTextOf(TextKind.LINE, NAME_MAX, `Copy of ${original}`);
}
