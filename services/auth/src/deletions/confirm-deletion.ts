import type { MethodImpl } from "@connectrpc/connect";
import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import type { Deps } from "../deps.ts";
import { deletionNotFound } from "../users/refusals.ts";
import { knownService } from "./deletion.ts";

/** Implements tessera.auth.v1.UserService.ConfirmDeletion. */
export function confirmDeletion({
  store,
  deletionServices,
}: Deps): MethodImpl<typeof UserService.method.confirmDeletion> {
  return (request, context) =>
    store.deletions.confirm({
      method: UserService.method.confirmDeletion,
      request,
      context,
      decide: (isThere) => {
        if (!isThere) throw deletionNotFound(request.userId);
        knownService(deletionServices, request.service);
      },
    });
}
