import { positionInvalid } from "./events/refusals.ts";

/** A position of the feed as callers see it: opaque to them, so that its form may change. */
export function positionText(value: bigint): string {
  return `e${value.toString(36)}`;
}

/** Reads a position that is no later than the last one given. Refuses POSITION_INVALID. */
export function readPosition(text: string, head: bigint): bigint {
  if (!/^e[0-9a-z]{1,12}$/.test(text)) throw positionInvalid();
  const value = [...text.slice(1)].reduce((sum, digit) => sum * 36n + BigInt(Number.parseInt(digit, 36)), 0n);
  if (value > head) throw positionInvalid();
  return value;
}
