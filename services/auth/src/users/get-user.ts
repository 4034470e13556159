import type { MethodImpl } from "@connectrpc/connect";
import type { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import { userNotFound } from "./refusals.ts";
import { acting, shown } from "./user.ts";

/** Implements tessera.auth.v1.UserService.GetUser. */
export function getUser({ store }: Deps): MethodImpl<typeof UserService.method.getUser> {
  return async ({ userId }, context) => {
    const viewer = acting(await store.users.read(callerOf(context).userId));
    const user = await store.users.read(userId);
    if (user === undefined || user.deleted) throw userNotFound(userId);
    return { user: shown(user, viewer) };
  };
}
