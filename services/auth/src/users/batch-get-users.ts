import type { MethodImpl } from "@connectrpc/connect";
import type { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import { acting, shown } from "./user.ts";

/** Implements tessera.auth.v1.UserService.BatchGetUsers. */
export function batchGetUsers({ store }: Deps): MethodImpl<typeof UserService.method.batchGetUsers> {
  return async ({ userIds }, context) => {
    const viewer = acting(await store.users.read(callerOf(context).userId));
    const found = new Map((await store.users.readMany(userIds)).map((user) => [user.userId, user]));
    return {
      users: userIds.flatMap((userId) => {
        const user = found.get(userId);
        return user === undefined ? [] : [shown(user, viewer)];
      }),
      missingUserIds: userIds.filter((userId) => !found.has(userId)),
    };
  };
}
