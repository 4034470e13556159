import type { DescEnum } from "@bufbuild/protobuf";
import type { FieldViolation } from "@tessera/rpc/refusal.ts";

/**
 * A name as it is compared: two that people take for the same are the same. Without case (as capitals and back, so that ß is
 * ss), invisible characters, and spaces beside the one between words.
 */
export function nameKey(name: string): string {
  return name
    .replace(/\p{Cf}/gu, "")
    .toUpperCase()
    .toLowerCase()
    .normalize("NFC")
    .replace(/\s+/gu, " ")
    .trim();
}

/** What the contract says of a name in words. */
export function faultsInName(field: string, name: string): FieldViolation[] {
  const faults: FieldViolation[] = [];
  if (name === "") faults.push({ field, description: "value is required", rule: "required" });
  else if (nameKey(name) === "")
    faults.push({ field, description: "has nothing that can be seen", rule: "name.blank" });
  if (name.normalize("NFC") !== name)
    faults.push({ field, description: "is not in the normal form NFC", rule: "name.nfc" });
  return faults;
}

/** A value of an enum as a word of the contract, without the prefix: "BY_REQUEST". */
export function wordOf(desc: DescEnum, value: number): string {
  return desc.value[value]?.localName ?? "";
}
