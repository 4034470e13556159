import { z } from "zod";
import { UPSTREAM_PROVIDER } from "./upstream/upstream-config.ts";
import { SUBJECT, type UpstreamPerson } from "./upstream/user-document.ts";

/** A person as an identity provider knows them: enough to name one who has never signed in. */
export interface ProvidedPerson {
  provider: string;
  subject: UpstreamPerson["subject"];
}

const ADMINISTRATORS_MAX = 100;

/** The person that a provider and its subject name; undefined where they cannot name one who signs in. */
export function providedPerson(provider: string, subject: string): ProvidedPerson | undefined {
  return UPSTREAM_PROVIDER.test(provider) && SUBJECT.test(subject) ? { provider, subject } : undefined;
}

/** People by commas, each as `provider:subject`. A subject with a comma in it cannot be named here. */
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
  .refine((all) => all.length <= ADMINISTRATORS_MAX, `must name ${ADMINISTRATORS_MAX} people at most`);
