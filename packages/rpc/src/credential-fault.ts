import { Code, ConnectError } from "@connectrpc/connect";
import { reasonFacts } from "@tessera/contracts/reason-facts.ts";
import { Reason, ReasonSchema } from "@tessera/contracts/tessera/rpc/v1/reason_pb.ts";
import { refusalIn } from "./refusal-wire.ts";

/** The reasons with which a service refuses the token that a call carries. */
const ABOUT_TOKEN = [
  Reason.USER_BLOCKED,
  Reason.TOKEN_REVOKED,
  Reason.TOKEN_EXPIRED,
  Reason.TOKEN_INVALID,
].map((reason) => reasonFacts(ReasonSchema, reason).name);

/** Whether an error of another service refuses the token that the call carried. */
export function isAboutToken(error: unknown): boolean {
  const name = reasonOf(error);
  return name !== undefined && ABOUT_TOKEN.includes(name);
}

/** The name of the reason that an error of another service carries, if any. */
export function reasonOf(error: unknown): string | undefined {
  return error instanceof ConnectError ? refusalIn(error)?.reason.name : undefined;
}

const OWN_FAULT = "a service does not take this one's credential";

/** What a caller hears when another service refuses this service's own credential: the caller can do nothing about it. */
export function ownFault(cause: unknown): ConnectError {
  return new ConnectError(OWN_FAULT, Code.Unavailable, undefined, [], cause);
}

/** With these codes a service says that this one may not ask in its own name, or not at all. */
const NOT_IN_OWN_NAME: readonly Code[] = [Code.PermissionDenied, Code.Unauthenticated, Code.Unimplemented];

/** Whether what was asked in this service's own name failed because of who asked: a caller may ask for itself. */
export function isOwnFault(error: unknown): boolean {
  if (!(error instanceof ConnectError)) return false;
  return error.rawMessage === OWN_FAULT || NOT_IN_OWN_NAME.includes(error.code);
}
