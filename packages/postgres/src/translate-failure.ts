import { Code, ConnectError } from "@connectrpc/connect";
import { databaseFailure } from "./database-failure.ts";

const CODE = {
  unavailable: Code.Unavailable,
  conflict: Code.Aborted,
  timeout: Code.DeadlineExceeded,
};

/**
 * Says what a failure of the database means to a caller: an error without a reason, as nobody knows whether a commit
 * that was under way took effect. Undefined for a bug.
 */
export function translateFailure(error: unknown): ConnectError | undefined {
  const failure = databaseFailure(error);
  return failure && new ConnectError(`the database: ${failure}`, CODE[failure]);
}
