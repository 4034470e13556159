import { TextKind } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { plainTextOf } from "@tessera/rpc/validation/text.ts";

/** Somebody as the identity provider describes them. */
export interface UpstreamPerson {
  /** What the identity provider calls this person for ever. */
  subject: string;
  name: string;
}

/** Where in the user document the two are: names of members, outermost first. */
export interface UserPaths {
  subject: readonly string[];
  name: readonly string[];
}

/** A display name has at most this many characters; no identity provider that we know allows more. */
export const NAME_MAX = 255;

/** What a subject may be: it stands in logs, and it must be the same text each time. */
export const SUBJECT = /^[!-~]{1,255}$/;

/** Reads a user document; undefined where it names nobody. A person without a name gets the subject as name. */
export function personIn(document: unknown, paths: UserPaths): UpstreamPerson | undefined {
  const subject = subjectOf(at(document, paths.subject));
  if (subject === undefined) return undefined;
  const name = at(document, paths.name);
  return {
    subject,
    name: (typeof name === "string" && plainTextOf(TextKind.LINE, NAME_MAX, name)) || `user ${subject}`,
  };
}

function subjectOf(value: unknown): string | undefined {
  if (typeof value === "number") return Number.isSafeInteger(value) && value > 0 ? String(value) : undefined;
  return typeof value === "string" && SUBJECT.test(value) ? value : undefined;
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (it, member) =>
      typeof it === "object" && it !== null && Object.hasOwn(it, member)
        ? (it as Record<string, unknown>)[member]
        : undefined,
    value,
  );
}
