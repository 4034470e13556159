import type { DescEnum } from "@bufbuild/protobuf";

/** What a select offers for an enum: the names of the values that have words, each with its word. */
export function enumChoices(desc: DescEnum, words: Readonly<Record<number, string>>): [string, string][] {
  return desc.values.flatMap(({ name, number }) => {
    const word = words[number];
    return word === undefined ? [] : [[name, word] as [string, string]];
  });
}

/** The name of a value of an enum, as forms carry it. */
export function enumName(desc: DescEnum, value: number): string {
  return desc.values.find(({ number }) => number === value)?.name ?? "";
}
