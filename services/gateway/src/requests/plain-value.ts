import { type DescEnum, type DescField, ScalarType } from "@bufbuild/protobuf";

const WHOLE = /^(?:0|-?[1-9][0-9]*)$/;
const INT32 = [-(2 ** 31), 2 ** 31 - 1] as const;
const UINT32 = [0, 2 ** 32 - 1] as const;
const INT64 = [-(2n ** 63n), 2n ** 63n - 1n] as const;
const UINT64 = [0n, 2n ** 64n - 1n] as const;

/**
 * The value of a field for JSON that says it plainly: text, a whole number within its range, true or false, the name of
 * an enum's value. Undefined for everything else, which may have a value all the same: its reader takes more, and knows
 * what is wrong.
 */
export function plainValue(field: DescField, json: unknown): unknown {
  if (field.fieldKind === "enum") return typeof json === "string" ? numberOf(field.enum, json) : undefined;
  if (field.fieldKind !== "scalar") return undefined;
  switch (field.scalar) {
    case ScalarType.STRING:
      return typeof json === "string" && json.isWellFormed() ? json : undefined;
    case ScalarType.BOOL:
      return typeof json === "boolean" ? json : undefined;
    case ScalarType.INT32:
      return within(INT32, wholeNumber(json));
    case ScalarType.UINT32:
      return within(UINT32, wholeNumber(json));
    case ScalarType.INT64:
      return field.longAsString ? undefined : within(INT64, wholeBigInt(json));
    case ScalarType.UINT64:
      return field.longAsString ? undefined : within(UINT64, wholeBigInt(json));
    default:
      return undefined;
  }
}

function within<T extends number | bigint>([least, most]: readonly [T, T], value?: T): T | undefined {
  return value !== undefined && value >= least && value <= most ? value : undefined;
}

/** A longer text is no number of 64 bits. */
const DIGITS_MAX = 20;

function isWhole(json: unknown): json is number | string {
  if (typeof json === "number") return Number.isSafeInteger(json);
  return typeof json === "string" && json.length <= DIGITS_MAX && WHOLE.test(json);
}

function wholeNumber(json: unknown): number | undefined {
  // A zero with a sign is zero.
  return isWhole(json) ? Number(json) + 0 : undefined;
}

function wholeBigInt(json: unknown): bigint | undefined {
  return isWhole(json) ? BigInt(json) : undefined;
}

const numbers = new WeakMap<DescEnum, Map<string, number>>();

function numberOf(desc: DescEnum, name: string): number | undefined {
  let found = numbers.get(desc);
  if (found === undefined) {
    found = new Map(desc.values.map((it) => [it.name, it.number]));
    numbers.set(desc, found);
  }
  return found.get(name);
}
