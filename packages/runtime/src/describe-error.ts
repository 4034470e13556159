/** What a log says of an error. */
export interface ErrorDescription {
  type: string;
  message: string;
  code?: string;
  stack?: string;
  cause?: ErrorDescription;
}

/** Causes of causes are described down to here. */
const DEEPEST_CAUSE = 5;
const LONGEST_TEXT = 4_000;

/** The user and password in a connection string, and whatever has the form of a token. */
const SECRETS = [
  [/(:\/\/)[^\s/]*@/g, "$1[redacted]@"],
  [/\beyJ[\w-]+\.[\w-]+(\.[\w-]*)?/g, "[redacted]"],
  [/\b(Bearer|Basic)\s+\S+/gi, "$1 [redacted]"],
] as const;

/**
 * Type, message, code, stack and causes of whatever was thrown, without connection strings and tokens. Other fields stay
 * out: a driver's error carries the SQL, its parameters and the rows that it met.
 */
export function describeError(error: unknown): ErrorDescription {
  return describe(error, 0);
}

function describe(error: unknown, depth: number): ErrorDescription {
  if (!(error instanceof Error)) return { type: typeof error, message: withoutSecrets(String(error)) };
  const { code } = error as { code?: unknown };
  return {
    type: error.name,
    message: withoutSecrets(error.message),
    ...(typeof code === "string" || typeof code === "number" ? { code: String(code) } : {}),
    ...(error.stack ? { stack: withoutSecrets(error.stack) } : {}),
    ...(error.cause !== undefined && depth < DEEPEST_CAUSE
      ? { cause: describe(error.cause, depth + 1) }
      : {}),
  };
}

/** A text of somebody else, without what has the form of a connection string's password or of a token. */
export function withoutSecrets(text: string): string {
  let safe = text.slice(0, LONGEST_TEXT);
  for (const [pattern, replacement] of SECRETS) safe = safe.replace(pattern, replacement);
  return safe;
}
