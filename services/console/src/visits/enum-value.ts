import type { DescEnum } from "@bufbuild/protobuf";

/** The value of an enum that a form names, "LOCK_PURPOSE_MAPPING"; 0, which the contract refuses, for any other text. */
export function enumValue<T extends number>(desc: DescEnum, name: string): T {
  return (desc.values.find((it) => it.name === name)?.number ?? 0) as T;
}
