import type { MethodImpl } from "@connectrpc/connect";
import { EventKind } from "@tessera/contracts/tessera/auth/v1/event_pb.ts";
import type { User } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import type { Deps } from "../deps.ts";
import { readProfile } from "./profile.ts";
import { changeProfile } from "./user.ts";

/** Implements tessera.auth.v1.UserService.UpdateUser. */
export function updateUser({ store }: Deps): MethodImpl<typeof UserService.method.updateUser> {
  return (request, context) => {
    const method = UserService.method.updateUser;
    // The contract requires a user.
    const user = request.user as User;
    const paths = request.updateMask?.paths ?? [];
    const profile = readProfile(user, paths);
    return store.users.change({
      method,
      request,
      context,
      userId: user.userId,
      decide: (known) => ({
        user: changeProfile(known, user.userId, profile, request.expectedRevision),
        happened: { kind: EventKind.PROFILE_CHANGED, details: { fields: [...paths].sort().join(" ") } },
      }),
    });
  };
}
