/** What a failure of the database means for whoever asked; each may be asked again. */
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
  // The server: ended by an administrator, crashed, starting, out of connections, read only after a failover.
  "25006": "unavailable",
  "25P03": "timeout",
  "53300": "unavailable",
  "57P01": "unavailable",
  "57P02": "unavailable",
  "57P03": "unavailable",
  "40001": "conflict",
  "40P01": "conflict",
  "55P03": "timeout",
  "57014": "timeout",
};

/**
 * The one translation of what the driver or the server throws. "unavailable": cannot be asked; "conflict": a concurrent
 * transaction won; "timeout": a limit of time was hit. Undefined is a bug, or not of the database. None of them says
 * that nothing was written.
 */
export function databaseFailure(error: unknown): DatabaseFailure | undefined {
  if (error instanceof AggregateError) return firstFailure(error.errors);
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (typeof code !== "string") return undefined;
  // Class 08 of SQLSTATE is all of the connection.
  if (/^08[0-9A-Z]{3}$/.test(code)) return "unavailable";
  return Object.hasOwn(BY_CODE, code) ? BY_CODE[code] : undefined;
}

/** Node tries each address of a host and reports all failures in one. */
function firstFailure(errors: unknown[]): DatabaseFailure | undefined {
  for (const error of errors) {
    const failure = databaseFailure(error);
    if (failure) return failure;
  }
  return undefined;
}
