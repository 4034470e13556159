import { oauthFault } from "./oauth-fault.ts";

/** The parameters of one request of OAuth: each at most once (RFC 6749, 3.1), an empty one as if it was absent. */
export interface Parameters {
  /** What was given once. */
  get(name: string): string | undefined;
  /** Names that were given twice or more. */
  repeated: ReadonlySet<string>;
}

/** A longer value is none of anybody's. */
const VALUE_MAX_LENGTH = 8_192;
/** More parameters are none of anybody's. */
const PARAMETERS_MAX = 50;

/** Reads parameters from a query or a form. Throws an OAuthFault for what is no parameters at all. */
export function readParameters(text: string): Parameters {
  const values = new Map<string, string>();
  const repeated = new Set<string>();
  let count = 0;
  for (const [name, value] of new URLSearchParams(text)) {
    count += 1;
    if (count > PARAMETERS_MAX || value.length > VALUE_MAX_LENGTH || name.length > VALUE_MAX_LENGTH)
      throw oauthFault("invalid_request", "there are too many parameters, or one is too long");
    if (values.has(name)) repeated.add(name);
    values.set(name, value);
  }
  return { get: (name) => (repeated.has(name) ? undefined : values.get(name) || undefined), repeated };
}
