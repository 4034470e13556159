/** What a failure of the database means for the caller; each may be retried. */
export type DatabaseFailure = "unavailable" | "conflict" | "timeout";

const BY_CODE: Record<string, DatabaseFailure> = {
  // The driver and the network.
  CONNECTION_CLOSED: "unavailable",
  CONNECTION_DESTROYED: "unavailable",
  CONNECTION_ENDED: "unavailable",
  CONNECT_TIMEOUT: "unavailable",
  DATABASE_UNAVAILABLE: "unavailable",
  EAI_AGAIN: "unavailable",
  ECONNREFUSED: "unavailable",
  ECONNRESET: "unavailable",
  EHOSTUNREACH: "unavailable",
  ENETUNREACH: "unavailable",
  ENOTFOUND: "unavailable",
  EPIPE: "unavailable",
  ETIMEDOUT: "unavailable",
  // The server was ended, crashed, is starting, or its database is gone.
  "57P01": "unavailable",
  "57P02": "unavailable",
  "57P03": "unavailable",
  "57P04": "unavailable",
  "57P05": "unavailable",
  "3D000": "unavailable",
  // It takes no writes: it has been replaced by another, or its disk is being made room on.
  "25006": "unavailable",
  // Through a pooler that gives each transaction another session: set DATABASE_PREPARED_STATEMENTS=false.
  "26000": "unavailable",
  "42P05": "unavailable",
  "25P03": "timeout",
  "25P04": "timeout",
  "40001": "conflict",
  "40P01": "conflict",
  "40003": "unavailable",
  "55P03": "timeout",
  "57014": "timeout",
};

/**
 * Classes of SQLSTATE that are never our fault: the connection (08), who may log in (28), resources such as disk, memory
 * and connections (53), the operating system (58), corrupted data (XX001 and XX002).
 */
const UNAVAILABLE_CLASS = /^(?:08|28|53|58)[0-9A-Z]{3}$|^XX00[12]$/;

/**
 * The one translation of what the driver or the server throws. "unavailable": cannot be asked; "conflict": a concurrent
 * transaction won; "timeout": a limit of time was hit. Undefined is a bug, or not of the database. None of them says
 * that nothing was written.
 */
export function databaseFailure(error: unknown): DatabaseFailure | undefined {
  if (error instanceof AggregateError) return firstFailure(error.errors);
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (typeof code !== "string") return undefined;
  if (Object.hasOwn(BY_CODE, code)) return BY_CODE[code];
  return UNAVAILABLE_CLASS.test(code) ? "unavailable" : undefined;
}

/** Node tries each address of a host and reports all failures in one. */
function firstFailure(errors: unknown[]): DatabaseFailure | undefined {
  for (const error of errors) {
    const failure = databaseFailure(error);
    if (failure) return failure;
  }
  return undefined;
}
