import type { MethodImpl } from "@connectrpc/connect";
import { EventKind } from "@tessera/contracts/tessera/auth/v1/event_pb.ts";
import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import { pseudonymise } from "../users/user.ts";

/** Implements tessera.auth.v1.UserService.DeleteUser. */
export function deleteUser({ store }: Deps): MethodImpl<typeof UserService.method.deleteUser> {
  return (request, context) => {
    const method = UserService.method.deleteUser;
    const { userId } = request;
    const { userId: actor, clientId } = callerOf(context);
    const by = { actor, clientId };
    return store.users.change({
      method,
      request,
      context,
      userId,
      administrators: true,
      decide: (known, now) => ({
        user: pseudonymise(known, userId),
        happened: { kind: EventKind.USER_DELETED },
        named: { name: `users/${userId}/deletion`, revision: 1n },
        also: (sql) => store.deletions.record(sql, userId, { ...by, now }),
      }),
    });
  };
}
