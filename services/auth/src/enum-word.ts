import type { DescEnum } from "@bufbuild/protobuf";

/** What a value of an enum is called in what is written down: "ADMINISTRATOR". */
export function enumWord(desc: DescEnum, value: number): string {
  return desc.value[value]?.localName ?? "";
}
