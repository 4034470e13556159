import type { MethodImpl } from "@connectrpc/connect";
import { EventKind } from "@tessera/contracts/tessera/auth/v1/event_pb.ts";
import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import type { TransactionSql } from "@tessera/postgres/pool.ts";
import type { Deps } from "../deps.ts";
import { refuseDeployedUser } from "./deployed-user.ts";
import { block } from "./user.ts";

/** Implements tessera.auth.v1.UserService.BlockUser. */
export function blockUser({ store }: Deps): MethodImpl<typeof UserService.method.blockUser> {
  return (request, context) => {
    const method = UserService.method.blockUser;
    const { userId, reason } = request;
    return store.users.change({
      method,
      request,
      context,
      userId,
      decide: (known, now) => {
        const user = block(known, userId, reason, now);
        const named = { name: `users/${userId}/block`, revision: user.revision + 1n };
        const also = (tx: TransactionSql) => refuseDeployedUser(tx, userId);
        return { user, named, happened: { kind: EventKind.USER_BLOCKED, details: { reason } }, also };
      },
    });
  };
}
