import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { MethodImpl } from "@connectrpc/connect";
import type { TokenService } from "@tessera/contracts/tessera/auth/v1/token_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import { tokenStateOf } from "./token-state.ts";

/** Implements tessera.auth.v1.TokenService.IntrospectToken. */
export function introspectToken(deps: Deps): MethodImpl<typeof TokenService.method.introspectToken> {
  return async ({ token }, context) => {
    await deps.limits.spend("PROVED", { client: callerOf(context).clientId });
    const state = await tokenStateOf(deps, token);
    if (state === undefined) return { active: false };
    const { issueTime, expireTime, ...said } = state;
    return {
      active: true,
      ...said,
      ...(said.actors[0] !== undefined && { actor: said.actors[0] }),
      issueTime: timestampFromDate(issueTime),
      expireTime: timestampFromDate(expireTime),
    };
  };
}
