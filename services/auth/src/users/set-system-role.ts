import type { MethodImpl } from "@connectrpc/connect";
import { EventKind } from "@tessera/contracts/tessera/auth/v1/event_pb.ts";
import { SystemRoleSchema } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import type { TransactionSql } from "@tessera/postgres/pool.ts";
import type { Deps } from "../deps.ts";
import { enumWord } from "../enum-word.ts";
import { refuseDeployedUser } from "./deployed-user.ts";
import { setRole } from "./user.ts";

/** Implements tessera.auth.v1.UserService.SetSystemRole. */
export function setSystemRole({ store }: Deps): MethodImpl<typeof UserService.method.setSystemRole> {
  return (request, context) => {
    const method = UserService.method.setSystemRole;
    const { userId, systemRole, expectedRevision } = request;
    return store.users.change({
      method,
      request,
      context,
      userId,
      administrators: true,
      decide: (known) => {
        const user = setRole(known, userId, systemRole, expectedRevision);
        const from = enumWord(SystemRoleSchema, known.target?.systemRole ?? 0);
        const details = { from, to: enumWord(SystemRoleSchema, user.systemRole) };
        const also = (tx: TransactionSql) => refuseDeployedUser(tx, userId);
        return { user, happened: { kind: EventKind.ROLE_SET, details }, also };
      },
    });
  };
}
