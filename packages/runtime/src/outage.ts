import { Code, ConnectError } from "@connectrpc/connect";

/** With these codes a service says what the answer is; with any other, that it has none now. */
const DECISIONS: readonly Code[] = [
  Code.NotFound,
  Code.PermissionDenied,
  Code.Unauthenticated,
  Code.InvalidArgument,
  Code.FailedPrecondition,
];

/** Whether an error says that nobody answered, and not what the answer is. */
export function isOutage(error: unknown): boolean {
  return error instanceof ConnectError && !DECISIONS.includes(error.code);
}

/** Whether an error says that the time of a question is over. */
export function isLate(error: unknown): boolean {
  return error instanceof ConnectError && error.code === Code.DeadlineExceeded;
}
