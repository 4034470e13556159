import type { DescEnum } from "@bufbuild/protobuf";

/** The value of an enum that a form names, "LOCK_PURPOSE_MAPPING"; 0, which the contract refuses, for any other text. */
export function enumValue<T extends number>(desc: DescEnum, name: string): T {
  return (desc.values.find((it) => it.name === name)?.number ?? 0) as T;
}

/** The name of an enum's value without the prefix of its enum: "MAPPING"; "" for a value that is not known. */
export function enumName(desc: DescEnum, value: number | undefined): string {
  return desc.values.find((it) => it.number === value)?.localName ?? "";
}
