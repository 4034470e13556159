import { fieldInvalid } from "@tessera/rpc/validation/validation.ts";
import { nameFaults } from "./setting-faults.ts";

/** A name has at most so many characters, as the contract says. */
const NAME_MAX = 200;

/**
 * How the clone of a project is called, by the name of the original: as it is asked for, or else a copy of the original.
 * Refuses FIELD_INVALID for a name that no project may have.
 */
export function nameOfClone(asked: string): (original: string) => string {
  const faults = nameFaults("name", asked, false).map((it) => ({ ...it, field: "name" }));
  if (faults.length > 0) throw fieldInvalid(faults);
  return (original) => asked || Array.from(`Copy of ${original}`).slice(0, NAME_MAX).join("").trimEnd();
}
