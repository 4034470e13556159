import type { User } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import type { FieldViolation } from "@tessera/rpc/refusal.ts";
import { fieldInvalid } from "@tessera/rpc/validation/validation.ts";
import type { Profile } from "./user.ts";

/**
 * Reads the changes of a person's own profile: the fields that `paths` name. Refuses FIELD_INVALID with everything
 * that is wrong.
 */
export function readProfile(user: User, paths: readonly string[]): Partial<Profile> {
  const violations: FieldViolation[] = [];
  const profile: Partial<Profile> = {};
  if (paths.includes("languages")) profile.languages = readLanguages(user.languages, violations);
  if (paths.includes("description")) profile.description = user.description;
  if (violations.length > 0) throw fieldInvalid(violations);
  return profile;
}

/** The tags in their canonical form (RFC 5646, section 4.5). */
function readLanguages(tags: readonly string[], violations: FieldViolation[]): string[] {
  const read = tags.flatMap((tag, index) => {
    try {
      return Intl.getCanonicalLocales(tag);
    } catch {
      const field = `user.languages[${index}]`;
      violations.push({ field, description: "is not a BCP 47 tag", rule: "languages.tag" });
      return [];
    }
  });
  if (new Set(read).size < read.length)
    violations.push({ field: "user.languages", description: "names one twice", rule: "languages.unique" });
  return read;
}
