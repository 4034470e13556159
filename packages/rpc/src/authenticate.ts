import type { DescMethod } from "@bufbuild/protobuf";
import { isCommand, rulesOf } from "@tessera/contracts/reason-facts.ts";
import { Admission } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { Reason, ReasonSchema } from "@tessera/contracts/tessera/rpc/v1/reason_pb.ts";
import { ANONYMOUS, type Caller, type VerifyToken } from "./caller.ts";
import { refusals } from "./refusal.ts";
import { refuseNoTicket } from "./stream-ticket.ts";

const refuse = refusals(ReasonSchema);

/** How every personal access token begins. */
export const PERSONAL_TOKEN_PREFIX = "tsra_";
const EXCHANGE_FIRST =
  "A personal access token is not an access token: exchange it for one by POST /v1/key-tokens (CreateKeyToken)";

/**
 * Finds who calls an RPC by the header `authorization`. Refuses who may not call it. A valid token without the scope
 * of a public RPC counts as absent there: it never gets less than no token.
 */
export function authenticate(
  method: DescMethod,
  authorization: string | null,
  verify: VerifyToken,
): Caller | Promise<Caller> {
  if (authorization === null) {
    if (rulesOf(method).admission === Admission.PUBLIC) return ANONYMOUS;
    throw refuse(Reason.TOKEN_MISSING);
  }
  const space = authorization.indexOf(" ");
  const token = authorization.slice(space + 1);
  const isBearer = authorization.slice(0, Math.max(space, 0)).toLowerCase() === "bearer";
  if (!isBearer || token === "" || token.includes(" ")) throw refuse(Reason.TOKEN_INVALID);
  if (token.startsWith(PERSONAL_TOKEN_PREFIX)) throw refuse(Reason.TOKEN_INVALID, { detail: EXCHANGE_FIRST });
  const caller = verify(token);
  return caller instanceof Promise ? caller.then((it) => admitted(method, it)) : admitted(method, caller);
}

function admitted(method: DescMethod, caller: Caller): Caller {
  const { admission, scope } = rulesOf(method);
  if (caller.path !== "") refuseNoTicket(method);
  const isMissing = scope !== "" && !caller.scopes.has(scope);
  if (!isMissing && !isPersonal(method, scope, caller)) return caller;
  if (admission === Admission.PUBLIC) return ANONYMOUS;
  throw refuse(Reason.SCOPE_MISSING, { metadata: { scope } });
}

/**
 * Scopes for a person's own account, and for administrators: no service acts with them for a person, whatever its
 * token has.
 */
function isPersonal(method: DescMethod, scope: string, { actor }: Caller): boolean {
  return actor !== "" && (scope === "administration" || (scope === "account" && isCommand(method)));
}
