import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { MethodImpl } from "@connectrpc/connect";
import type { TokenService } from "@tessera/contracts/tessera/auth/v1/token_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import { tokenInvalid, tokenMissing } from "../refusals.ts";
import { sessionToken } from "../sessions/session-token.ts";

/** Implements tessera.auth.v1.TokenService.IssueStreamTicket. */
export function issueStreamTicket({
  keys,
  tokenIssuer,
}: Deps): MethodImpl<typeof TokenService.method.issueStreamTicket> {
  return async ({ path }, context) => {
    const caller = callerOf(context);
    const { userId, sessionId, clientId, tokenVersion, expireTimeMs } = caller;
    if (expireTimeMs === undefined) throw tokenMissing();
    // Its token is for one service alone; a ticket of it would be for all.
    if (caller.actor !== "") throw tokenInvalid();
    const expireTime = new Date(expireTimeMs);
    const scopes = [...caller.scopes].filter((it) => it.endsWith(":read"));
    const content = {
      userId,
      sessionId,
      clientId,
      tokenVersion,
      scopes,
      path,
      expireTime,
      issueTime: new Date(),
    };
    return {
      ticket: await sessionToken(content, keys, tokenIssuer),
      expireTime: timestampFromDate(expireTime),
    };
  };
}
