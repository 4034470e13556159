import type { MethodImpl } from "@connectrpc/connect";
import { EventKind } from "@tessera/contracts/tessera/auth/v1/event_pb.ts";
import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import type { Deps } from "../deps.ts";
import { unblock } from "./user.ts";

/** Implements tessera.auth.v1.UserService.UnblockUser. */
export function unblockUser({ store }: Deps): MethodImpl<typeof UserService.method.unblockUser> {
  return (request, context) => {
    const method = UserService.method.unblockUser;
    const { userId } = request;
    return store.users.change({
      method,
      request,
      context,
      userId,
      decide: (known) => ({
        user: unblock(known, userId),
        happened: { kind: EventKind.USER_UNBLOCKED },
      }),
    });
  };
}
