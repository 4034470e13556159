import type { MethodImpl } from "@connectrpc/connect";
import type { AuthService } from "@tessera/contracts/tessera/auth/v1/auth_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import { tokenInvalid } from "../refusals.ts";

/** Implements tessera.auth.v1.AuthService.GetCurrentUser. */
export function getCurrentUser({ store }: Deps): MethodImpl<typeof AuthService.method.getCurrentUser> {
  return async (_, context) => {
    const user = await store.users.find(callerOf(context).userId);
    if (user === undefined) throw tokenInvalid();
    return { user };
  };
}
