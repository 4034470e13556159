import type { FieldViolation } from "@tessera/rpc/refusal.ts";
import { fieldInvalid } from "@tessera/rpc/validation/validation.ts";

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
  if (name === "") faults.push({ field, description: "is required", rule: "required" });
  else if (nameKey(name) === "")
    faults.push({ field, description: "has nothing that can be seen", rule: "name.blank" });
  if (name.normalize("NFC") !== name)
    faults.push({ field, description: "is not in the normal form NFC", rule: "name.nfc" });
  return faults;
}

/** Reads what people say to each other in a request or an invitation. Refuses FIELD_INVALID of what is not text. */
export function readMessage(message: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
  if (/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/.test(message))
    throw fieldInvalid([{ field: "message", description: "has control characters", rule: "text.control" }]);
  return message;
}
