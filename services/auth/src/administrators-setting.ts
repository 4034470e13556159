import { z } from "zod";
import { UPSTREAM_PROVIDER } from "./upstream/upstream-config.ts";
import { SUBJECT, type UpstreamPerson } from "./upstream/user-document.ts";

/** A person at an identity provider: names people who have never signed in, too. */
export interface ProvidedPerson {
  provider: string;
  subject: UpstreamPerson["subject"];
}

const ADMINISTRATORS_MAX = 100;

/** Returns the person of a provider and its subject; undefined if no such person can sign in. */
export function providedPerson(provider: string, subject: string): ProvidedPerson | undefined {
  return UPSTREAM_PROVIDER.test(provider) && SUBJECT.test(subject) ? { provider, subject } : undefined;
}

/** People separated by commas, each as `provider:subject`. A subject with a comma cannot be listed here. */
export const administratorsSetting = z
  .string()
  .default("")
  .transform((text, context) =>
    text
      .split(",")
      .map((entry) => entry.trim())
      .filter((entry) => entry !== "")
      .map((entry) => {
        const colon = entry.indexOf(":");
        const person = providedPerson(entry.slice(0, Math.max(colon, 0)), entry.slice(colon + 1));
        if (person !== undefined) return person;
        context.addIssue({
          code: "custom",
          message: 'must be provider:subject, by commas, such as "openstreetmap:4711"',
        });
        return z.NEVER;
      }),
  )
  .refine((all) => all.length <= ADMINISTRATORS_MAX, `must name at most ${ADMINISTRATORS_MAX} people`);
