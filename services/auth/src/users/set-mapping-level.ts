import type { MethodImpl } from "@connectrpc/connect";
import { EventKind } from "@tessera/contracts/tessera/auth/v1/event_pb.ts";
import { MappingLevelSchema } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import type { TransactionSql } from "@tessera/postgres/pool.ts";
import type { Deps } from "../deps.ts";
import { enumWord } from "../enum-word.ts";
import { refuseDeployedUser } from "./deployed-user.ts";
import { setLevel } from "./user.ts";

/** Implements tessera.auth.v1.UserService.SetMappingLevel. */
export function setMappingLevel({ store }: Deps): MethodImpl<typeof UserService.method.setMappingLevel> {
  return (request, context) => {
    const method = UserService.method.setMappingLevel;
    const { userId, mappingLevel, expectedRevision } = request;
    return store.users.change({
      method,
      request,
      context,
      userId,
      decide: (known) => {
        const user = setLevel(known, userId, mappingLevel, expectedRevision);
        const from = enumWord(MappingLevelSchema, known.target?.mappingLevel ?? 0);
        const details = { from, to: enumWord(MappingLevelSchema, user.mappingLevel) };
        const also = (tx: TransactionSql) => refuseDeployedUser(tx, userId);
        return { user, happened: { kind: EventKind.LEVEL_SET, details }, also };
      },
    });
  };
}
