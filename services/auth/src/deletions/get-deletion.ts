import type { MethodImpl } from "@connectrpc/connect";
import type { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import { deletionNotFound } from "../users/refusals.ts";
import { acting, permitAdministrator } from "../users/user.ts";
import { deletionOf } from "./deletion.ts";

/** Implements tessera.auth.v1.UserService.GetDeletion. */
export function getDeletion({
  store,
  deletionServices,
}: Deps): MethodImpl<typeof UserService.method.getDeletion> {
  return async ({ userId }, context) => {
    permitAdministrator(acting(await store.users.read(callerOf(context).userId)));
    const deletion = await store.deletions.find(userId);
    if (deletion === undefined) throw deletionNotFound(userId);
    return { deletion: deletionOf(deletion, deletionServices) };
  };
}
