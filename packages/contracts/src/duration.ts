import { create } from "@bufbuild/protobuf";
import { type Duration, DurationSchema, durationMs } from "@bufbuild/protobuf/wkt";

/** A length of time in whole seconds, rounded up, as the databases keep it. */
export function secondsOf(duration: Duration): number {
  return Math.ceil(durationMs(duration) / 1_000);
}

/** A length of time of whole seconds. */
export function durationOf(seconds: number): Duration {
  return create(DurationSchema, { seconds: BigInt(seconds) });
}
