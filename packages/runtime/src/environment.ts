import { z } from "zod";
import { ConfigFault } from "./config-fault.ts";
import { Secret } from "./secret.ts";

/**
 * Reads the variables that `schema` names. Throws one `ConfigFault` that lists each bad variable with its rule, never
 * with its value. An empty variable counts as absent; variables that the schema does not name are ignored.
 */
export function readEnvironment<T extends z.ZodObject>(
  schema: T,
  env: Record<string, string | undefined> = process.env,
): z.output<T> {
  const named = Object.keys(schema.shape).map((name) => [name, env[name] || undefined]);
  const read = schema.safeParse(Object.fromEntries(named), { error: absence });
  if (read.success) return read.data;
  throw new ConfigFault(
    read.error.issues.map((issue) => [issue.path.join("."), issue.message].filter(Boolean).join(": ")),
  );
}

/** A TCP port; 0 asks for any free one. */
export const port = digits("a port: a whole number from 0 to 65535", 65_535);

/** A duration in milliseconds, at most a day. */
export const milliseconds = digits("a whole number of milliseconds, a day (86400000) at most", 86_400_000);

/** An absolute URL, left as it was written. */
export const url = z.string().refine((text) => URL.canParse(text), "must be an absolute URL");

/** "true" or "false". */
export const flag = z
  .enum(["true", "false"], { error: 'must be "true" or "false"' })
  .transform((text) => text === "true");

const SHORTEST_SECRET = 32;
/** Words that occur in examples and never in random secrets. */
const EXAMPLE =
  /change.?me|example|placeholder|insecure|password|secret|default|replace|(.)\1{7}|01234567|abcdefgh/i;

/** Whether a text looks like the secrets in documents. */
export function looksLikeExample(text: string): boolean {
  return EXAMPLE.test(text);
}

/** A `Secret` of 32 characters or more; refuses texts that look like those in documents. */
export const secret = z
  .string()
  .refine((text) => text.length >= SHORTEST_SECRET, `must have ${SHORTEST_SECRET} characters or more`)
  .refine((text) => !looksLikeExample(text), "must be random: this one looks like an example")
  .transform((text) => new Secret(text));

function digits(rule: string, largest: number) {
  return z
    .string()
    .refine((text) => /^\d{1,10}$/.test(text) && Number(text) <= largest, `must be ${rule}`)
    .transform(Number);
}

function absence(issue: { input?: unknown }): string | undefined {
  return issue.input === undefined ? "is required" : undefined;
}
